import type { OnSeries, ReadLabels } from './read-series.ts';
import { readSeries } from './read-series.ts';

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
export interface Reading {
  waiting: number | undefined;
  running: number | undefined;
  kvUsage: number | undefined;
  /** Value and labels of the newest `vllm:lora_requests_info` series; the value is a time stamp. */
  lorasAt: number;
  loras: ReadLabels;
}

/** One of the families that Serin wants. */
export interface Family {
  readonly name: string;
  /** Takes one of its series into the reading. */
  readonly take: (reading: Reading, value: number, labels: ReadLabels) => void;
}

/** The families of vLLM that Serin wants; the KV cache's has the name of vLLM's V1 or of its V0 engine. */
export const FAMILIES: readonly Family[] = [
  { name: 'vllm:num_requests_waiting', take: addWaiting },
  { name: 'vllm:num_requests_running', take: addRunning },
  { name: 'vllm:kv_cache_usage_perc', take: keepFullest },
  { name: 'vllm:gpu_cache_usage_perc', take: keepFullest },
  { name: 'vllm:lora_requests_info', take: keepNewest },
];

/**
 * Reads the wanted families of a whole page in the Prometheus text format (0.0.4 or OpenMetrics). Each family is
 * searched for by its name, so that the rest of the page, which is nearly all of it, is never split into
 * lines. Series that do not parse and values that are no number are passed over.
 */
export function parseMetrics(page: Buffer): LoadFigures {
  const reading = startReading();
  for (const family of FAMILIES) readSeries(page, family.name, takerOf(family, reading));
  return figuresOf(reading);
}

/** Begins with a page. */
export function startReading(): Reading {
  return {
    ...{ waiting: undefined, running: undefined, kvUsage: undefined },
    ...{ lorasAt: Number.NEGATIVE_INFINITY, loras: () => new Map() },
  };
}

/** What takes the series of a family. */
export function takerOf({ take }: Family, reading: Reading): OnSeries {
  return (value, labels) => take(reading, value, labels);
}

/** What the page has told. */
export function figuresOf({ waiting, running, kvUsage, loras }: Reading): LoadFigures {
  return { waiting, running, kvUsage, ...lorasOf(loras()) };
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
