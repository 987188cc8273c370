import type { OnSeries, ReadLabels } from './read-series.ts';
import { readSeries, readSeriesNear } from './read-series.ts';

/** What Serin reads from a model server's `/metrics` page; a figure that the page lacks is undefined. */
export interface LoadFigures {
  /** Sum over all engines of the pod. */
  readonly waiting: number | undefined;
  readonly running: number | undefined;
  /** The fullest engine's KV cache use, 0 to 1. */
  readonly kvUsage: number | undefined;
  /** Adapter slots on the GPU. */
  readonly maxLoras: number | undefined;
  /** Adapters with requests in flight: the running ones first, then those that only wait. */
  readonly adapters: readonly string[];
}

/** Figures while a page is read. */
interface Reading {
  waiting: number | undefined;
  running: number | undefined;
  kvUsage: number | undefined;
  /** Value and labels of the newest `vllm:lora_requests_info` series; the value is a time stamp. */
  lorasAt: number;
  loras: ReadLabels;
}

/** Takes one series of a family into the reading. */
type Take = (reading: Reading, value: number, labels: ReadLabels) => void;

type Family = readonly [name: string, take: Take];

/** The families of vLLM that Serin wants; the KV cache's has the name of vLLM's V1 or of its V0 engine. */
const FAMILIES: readonly [Family, ...Family[]] = [
  ['vllm:num_requests_waiting', addWaiting],
  ['vllm:num_requests_running', addRunning],
  ['vllm:kv_cache_usage_perc', keepFullest],
  ['vllm:gpu_cache_usage_perc', keepFullest],
  ['vllm:lora_requests_info', keepNewest],
];

/**
 * Reads the wanted families of a page in the Prometheus text format (0.0.4 or OpenMetrics). Each family is
 * searched for by its name, so that the rest of the page, which is nearly all of it, is never split into
 * lines. Series that do not parse and values that are no number are passed over.
 */
export function parseMetrics(page: Buffer): LoadFigures {
  return createMetricsReader()(page);
}

/** A family that a server began to show is found at the latest after so many pages. */
const SEARCH_EVERY = 16;

/**
 * Creates a reader of one server's pages, one after the other. It looks for a family where the last page had
 * it, and searches the whole page only if it is not there; for one that the last page lacked, only now and
 * then, unless it lacked all: a server that has begun to tell anything is heard at once.
 */
export function createMetricsReader(): (page: Buffer) => LoadFigures {
  const hints = FAMILIES.map(() => -1);
  let pages = 0;
  let searches = true;

  function readFamily(page: Buffer, index: number, reading: Reading): void {
    const [family, take] = FAMILIES[index] ?? FAMILIES[0];
    const hint = hints[index] ?? -1;
    const onSeries: OnSeries = (value, labels) => take(reading, value, labels);
    if (hint < 0 && !searches) return;
    const near = hint < 0 ? -1 : readSeriesNear(page, { family, hint }, onSeries);
    hints[index] = near >= 0 ? near : readSeries(page, family, onSeries);
  }

  return (page) => {
    const reading: Reading = {
      waiting: undefined,
      running: undefined,
      kvUsage: undefined,
      lorasAt: Number.NEGATIVE_INFINITY,
      loras: () => new Map(),
    };
    for (let index = 0; index < FAMILIES.length; index += 1) readFamily(page, index, reading);
    pages += 1;
    searches = pages % SEARCH_EVERY === 0 || hints.every((hint) => hint < 0);
    const { waiting, running, kvUsage, loras } = reading;
    return { waiting, running, kvUsage, ...lorasOf(loras()) };
  };
}

function addWaiting(reading: Reading, value: number): void {
  reading.waiting = (reading.waiting ?? 0) + value;
}

function addRunning(reading: Reading, value: number): void {
  reading.running = (reading.running ?? 0) + value;
}

function keepFullest(reading: Reading, value: number): void {
  reading.kvUsage = Math.max(reading.kvUsage ?? 0, value);
}

/** vLLM keeps a series for every combination of adapters that it ever had, the empty one included. */
function keepNewest(reading: Reading, value: number, labels: ReadLabels): void {
  if (value < reading.lorasAt) return;
  reading.lorasAt = value;
  reading.loras = labels;
}

function lorasOf(labels: ReadonlyMap<string, string>): Pick<LoadFigures, 'maxLoras' | 'adapters'> {
  const running = namesOf(labels.get('running_lora_adapters'));
  const waiting = namesOf(labels.get('waiting_lora_adapters'));
  return { maxLoras: countOf(labels.get('max_lora')), adapters: [...new Set([...running, ...waiting])] };
}

function countOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function namesOf(list: string | undefined): readonly string[] {
  if (list === undefined) return [];
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
