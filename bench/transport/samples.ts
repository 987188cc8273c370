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
  /** CPU as a multiple of the floor's; null where the floor was not measured. */
  readonly ofFloor: number | null;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Sums the samples up, in the order in which their kinds first came. */
export function rowsOf(samples: readonly Sample[]): readonly Row[] {
  const groups = [...Map.groupBy(samples, keyOf).values()];
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const floor = samples.filter((other) => keyOf(other) === keyOf({ ...first, server: 'floor' }));
    return [rowOf(first, group, floor)];
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

function keyOf({ part, bodyBytes, server }: RowKey): string {
  return `${part} ${bodyBytes} ${server}`;
}

function rowOf({ part, bodyBytes, server }: Sample, group: readonly Sample[], floor: readonly Sample[]): Row {
  const medianOf = (field: 'cpuUsPerRequest' | 'requestsPerSecond' | 'p50Ms' | 'p99Ms') =>
    median(group.map((sample) => sample[field]));
  const cpuUsPerRequest = medianOf('cpuUsPerRequest');
  const floorCpu = median(floor.map((sample) => sample.cpuUsPerRequest));
  return {
    part,
    bodyBytes,
    server,
    rounds: group.length,
    requests: group.reduce((sum, { requests }) => sum + requests, 0),
    failed: group.reduce((sum, sample) => sum + failedOf(sample), 0),
    cpuUsPerRequest,
    ofFloor: floor.length === 0 ? null : cpuUsPerRequest / floorCpu,
    requestsPerSecond: medianOf('requestsPerSecond'),
    p50Ms: medianOf('p50Ms'),
    p99Ms: medianOf('p99Ms'),
  };
}
