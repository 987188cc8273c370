import { parseLabels } from './parse-labels.ts';

/** What Serin reads from a vLLM `/metrics` page; a family that the page lacks is undefined. */
export interface VllmFigures {
  /** Sum over all engines of the pod. */
  readonly waiting: number | undefined;
  readonly running: number | undefined;
  /** The fullest engine's KV cache use, 0 to 1. */
  readonly kvUsage: number | undefined;
  readonly maxLoras: number | undefined;
  /** Adapters with requests in flight, running or waiting. */
  readonly adapters: readonly string[];
}

/** Figures while a page is read. */
interface Reading {
  waiting: number | undefined;
  running: number | undefined;
  kvUsage: number | undefined;
  /** Value and labels of the newest `vllm:lora_requests_info` series: its value is a time stamp. */
  loraValue: number;
  loraLabels: string;
}

const NEWLINE = 0x0a;
const BRACE = 0x7b;
const SPACE = 0x20;

/** The families that Serin wants; all others are passed over by their first bytes. */
const FAMILIES: ReadonlyMap<string, (reading: Reading, value: number, labels: string) => void> = new Map([
  ['vllm:num_requests_waiting', (reading: Reading, value: number) => add(reading, 'waiting', value)],
  ['vllm:num_requests_running', (reading: Reading, value: number) => add(reading, 'running', value)],
  ['vllm:kv_cache_usage_perc', keepFullest],
  ['vllm:gpu_cache_usage_perc', keepFullest],
  ['vllm:lora_requests_info', keepNewest],
]);

/** Fifth bytes of the wanted names: `n`, `k`, `g`, `l`. Most lines of a page are told apart by them. */
const FIFTH_BYTES: ReadonlySet<number> = new Set([...FAMILIES.keys()].map((name) => name.charCodeAt(5)));

/**
 * Reads the wanted families of a page in the Prometheus text format (0.0.4 or OpenMetrics). Lines that do
 * not parse and values that are no number are passed over: a partial page is better than none.
 */
export function parseMetrics(page: Buffer): VllmFigures {
  const reading: Reading = {
    waiting: undefined,
    running: undefined,
    kvUsage: undefined,
    loraValue: Number.NEGATIVE_INFINITY,
    loraLabels: '',
  };
  for (let start = 0; start < page.length; ) {
    const newline = page.indexOf(NEWLINE, start);
    const end = newline < 0 ? page.length : newline;
    if (page[start] === 0x76 && FIFTH_BYTES.has(page[start + 5] ?? 0)) readLine(reading, page, start, end);
    start = end + 1;
  }
  return { ...figuresOf(reading), ...lorasOf(reading.loraLabels) };
}

function figuresOf({ waiting, running, kvUsage }: Reading) {
  return { waiting, running, kvUsage };
}

function readLine(reading: Reading, page: Buffer, start: number, end: number): void {
  let nameEnd = start;
  while (nameEnd < end && page[nameEnd] !== BRACE && page[nameEnd] !== SPACE) nameEnd += 1;
  const record = FAMILIES.get(page.toString('latin1', start, nameEnd));
  if (record === undefined) return;
  const rest = page.toString('utf8', nameEnd, end);
  const labelsEnd = rest.startsWith('{') ? endOfLabels(rest) : 0;
  // The value is the first word after the labels; a time stamp or an exemplar may follow.
  const [word = ''] = rest.slice(labelsEnd).trimStart().split(/\s/, 1);
  const value = word === '' ? Number.NaN : Number(word);
  if (Number.isFinite(value)) record(reading, value, rest.slice(0, labelsEnd));
}

/** The position after the closing brace; braces and escaped quotes inside values do not count. */
function endOfLabels(text: string): number {
  let quoted = false;
  for (let at = 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === '}' && !quoted) return at + 1;
  }
  return text.length;
}

function add(reading: Reading, figure: 'waiting' | 'running', value: number): void {
  reading[figure] = (reading[figure] ?? 0) + value;
}

function keepFullest(reading: Reading, value: number): void {
  reading.kvUsage = Math.max(reading.kvUsage ?? 0, value);
}

function keepNewest(reading: Reading, value: number, labels: string): void {
  if (value < reading.loraValue) return;
  reading.loraValue = value;
  reading.loraLabels = labels;
}

function lorasOf(labelText: string): Pick<VllmFigures, 'maxLoras' | 'adapters'> {
  const labels = parseLabels(labelText);
  const maxLoras = Number(labels.get('max_lora'));
  const names = [labels.get('running_lora_adapters'), labels.get('waiting_lora_adapters')]
    .flatMap((list) => list?.split(',') ?? [])
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return { maxLoras: Number.isInteger(maxLoras) ? maxLoras : undefined, adapters: [...new Set(names)] };
}
