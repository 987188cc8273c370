import type { Workload } from './workload.ts';
import type { Outcome, Served } from './world.ts';

/** What a policy made of a workload; times in milliseconds. */
export interface Figures {
  readonly requests: number;
  readonly ttftP50: number;
  readonly ttftP99: number;
  readonly latencyP50: number;
  readonly latencyP99: number;
  /** Adapters brought to a GPU, for 1000 requests. */
  readonly loadsPer1000: number;
  /** Of them those that came from disk. */
  readonly diskLoadsPer1000: number;
  /** The requests of the pod with the most of them, by an even share. */
  readonly balance: number;
}

/** The figures of some runs of one workload, as if they were one. */
export function figuresOf(workload: Workload, outcomes: readonly Outcome[]): Figures {
  const all = outcomes.flatMap(({ served }) => served);
  const counted = all.filter(({ arrivedAtMs }) => arrivedAtMs >= workload.warmUpMs);
  const ttft = sorted(counted, ({ firstTokenAtMs, arrivedAtMs }) => firstTokenAtMs - arrivedAtMs);
  const latency = sorted(counted, ({ finishedAtMs, arrivedAtMs }) => finishedAtMs - arrivedAtMs);
  const sum = (loads: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + loads(outcome), 0);
  return {
    requests: counted.length,
    ttftP50: quantile(ttft, 0.5),
    ttftP99: quantile(ttft, 0.99),
    latencyP50: quantile(latency, 0.5),
    latencyP99: quantile(latency, 0.99),
    loadsPer1000: (1000 * sum(({ loads }) => loads.gpu)) / all.length,
    diskLoadsPer1000: (1000 * sum(({ loads }) => loads.disk)) / all.length,
    balance: balanceOf(counted, workload.pods.length),
  };
}

function sorted(served: readonly Served[], figure: (each: Served) => number): Float64Array {
  return Float64Array.from(served, figure).sort();
}

/** The value below which a part of sorted ones lies. */
export function quantile(values: Float64Array, part: number): number {
  return values[Math.min(values.length - 1, Math.floor(part * values.length))] ?? Number.NaN;
}

function balanceOf(served: readonly Served[], pods: number): number {
  const counts = Array.from({ length: pods }, () => 0);
  for (const { pod } of served) counts[pod] = (counts[pod] ?? 0) + 1;
  return (Math.max(...counts) * pods) / served.length;
}
