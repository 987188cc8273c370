import { BUCKETS, bucketOf, type Histogram } from './histogram.ts';

/** What windows count, each by its name in the JSON form. */
export const COUNTS = [
  'requests',
  'status1xx',
  'status2xx',
  'status3xx',
  'status4xx',
  'status5xx',
  'unanswered',
  'withUsage',
  'promptTokens',
  'completionTokens',
] as const;

type CountName = (typeof COUNTS)[number];

/** What became of the requests for one target. */
export type Tally = { readonly [name in CountName]: number } & {
  /** From the request's start to the first token of its answer. */
  readonly firstToken: Histogram;
  /** From its start to its end. */
  readonly duration: Histogram;
};

/** What a tally takes of a request. */
export interface TalliedRequest {
  readonly status: number | undefined;
  readonly durationMs: number;
  readonly firstTokenMs?: number | undefined;
  readonly usage?: { readonly promptTokens: number; readonly completionTokens: number } | undefined;
}

/** A tally as numbers in a row: first `COUNTS`, then the two histograms. */
const FIRST_TOKEN = COUNTS.length;
const DURATION = FIRST_TOKEN + BUCKETS;

/** How many numbers a tally is in a row. */
export const TALLY_WIDTH = DURATION + BUCKETS;

const AT: ReadonlyMap<CountName, number> = new Map(COUNTS.map((name, index) => [name, index]));

function at(name: CountName): number {
  return AT.get(name) ?? 0;
}

const REQUESTS = at('requests');
const UNANSWERED = at('unanswered');
const WITH_USAGE = at('withUsage');
const PROMPT_TOKENS = at('promptTokens');
const COMPLETION_TOKENS = at('completionTokens');

/** Adds one request to a row. */
export function tallyRequest(
  row: Uint32Array,
  { status, durationMs, firstTokenMs, usage }: TalliedRequest,
): void {
  add(row, REQUESTS, 1);
  add(row, status === undefined ? UNANSWERED : statusAt(status), 1);
  add(row, DURATION + bucketOf(durationMs), 1);
  if (firstTokenMs !== undefined) add(row, FIRST_TOKEN + bucketOf(firstTokenMs), 1);
  if (usage === undefined) return;
  add(row, WITH_USAGE, 1);
  add(row, PROMPT_TOKENS, usage.promptTokens);
  add(row, COMPLETION_TOKENS, usage.completionTokens);
}

/** The statuses stand behind the requests, in their order. */
function statusAt(status: number): number {
  return REQUESTS + Math.min(Math.max(Math.floor(status / 100), 1), 5);
}

function add(row: Uint32Array, index: number, by: number): void {
  row[index] = (row[index] ?? 0) + by;
}

/** Reads a row of sums. */
export function tallyOf(row: readonly number[]): Tally {
  const counts = Object.fromEntries(COUNTS.map((name, index) => [name, row[index] ?? 0]));
  // The one place where the list of names becomes the type that is derived from it.
  return {
    ...(counts as { readonly [name in CountName]: number }),
    firstToken: row.slice(FIRST_TOKEN, DURATION),
    duration: row.slice(DURATION, TALLY_WIDTH),
  };
}

/** Nothing yet. */
export const NO_TALLY: Tally = tallyOf(new Array<number>(TALLY_WIDTH).fill(0));

/** Adds two tallies. */
export function addTallies(one: Tally, other: Tally): Tally {
  const added = rowOf(other);
  return tallyOf(rowOf(one).map((value, index) => value + (added[index] ?? 0)));
}

function rowOf(tally: Tally): readonly number[] {
  return [...COUNTS.map((name) => tally[name]), ...tally.firstToken, ...tally.duration];
}
