import { median } from '../report/median.ts';
import type { ServerName } from '../servers/kinds.ts';
import type { Part } from './options.ts';

/** A part that puts load on a server for a while. */
export type LoadPart = Exclude<Part, 'memory'>;

/** What a row of the tables is about. */
export interface RowKey {
  readonly part: LoadPart;
  readonly bodyBytes: number;
  readonly server: ServerName;
}

/** How many of each kind. */
export interface Counts {
  readonly [key: string]: number;
}

/** What one server did in one round. */
export interface Sample extends RowKey {
  readonly round: number;
  readonly requests: number;
  /** By reason; those of the warm-up too, since none may fail. */
  readonly failures: Counts;
  readonly cpuUsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The medians of a server's rounds, beside the floor's. */
export interface Row extends RowKey {
  readonly rounds: number;
  /** Of all rounds together. */
  readonly requests: number;
  readonly failed: number;
  readonly cpuUsPerRequest: number;
  /** CPU as a multiple of the floor's in the same round; null where the floor was not measured. */
  readonly ofFloor: number | null;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sums the samples up, in the order in which their kinds first came. */
export function rowsOf(samples: readonly Sample[]): readonly Row[] {
  const floors = new Map(samples.flatMap((each) => (each.server === 'floor' ? [[roundOf(each), each]] : [])));
  const groups = [
    ...Map.groupBy(samples, (each) => `${roundOf({ ...each, round: 0 })} ${each.server}`).values(),
  ];
  return groups.flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [rowOf(first, group, floors)];
  });
}

/** How many requests failed. */
export function failedOf(sample: Pick<Sample, 'failures'>): number {
  return Object.values(sample.failures).reduce((sum, count) => sum + count, 0);
}

/** Adds counts up, key by key. */
export function addCounts(one: Counts, other: Counts): Counts {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...keys].map((key) => [key, (one[key] ?? 0) + (other[key] ?? 0)]));
}

/** What the samples of all servers have in common that took their turns together. */
function roundOf({ part, bodyBytes, round }: Sample): string {
  return `${part} ${bodyBytes} ${round}`;
}

function rowOf(first: Sample, group: readonly Sample[], floors: ReadonlyMap<string, Sample>): Row {
  const medianOf = (field: 'cpuUsPerRequest' | 'requestsPerSecond' | 'p50Ms' | 'p99Ms') =>
    median(group.map((sample) => sample[field]));
  const ratios = group.flatMap((sample) => {
    const floor = floors.get(roundOf(sample));
    return floor === undefined ? [] : [sample.cpuUsPerRequest / floor.cpuUsPerRequest];
  });
  return {
    part: first.part,
    bodyBytes: first.bodyBytes,
    server: first.server,
    rounds: group.length,
    requests: group.reduce((sum, { requests }) => sum + requests, 0),
    failed: group.reduce((sum, sample) => sum + failedOf(sample), 0),
    cpuUsPerRequest: medianOf('cpuUsPerRequest'),
    ofFloor: ratios.length === 0 ? null : median(ratios),
    requestsPerSecond: medianOf('requestsPerSecond'),
    p50Ms: medianOf('p50Ms'),
    p99Ms: medianOf('p99Ms'),
  };
}
