import type { Outcome } from './lane.ts';
import { createLatencies } from './latencies.ts';
import type { LoadResult } from './plan.ts';

/** Counts the requests of one plan. */
export interface Tally {
  /** Notes a request that began at a time. */
  readonly note: (outcome: Outcome, begunMs: number) => void;
  /** Notes how long after it was due a request began. */
  readonly late: (ms: number) => void;
  readonly failed: () => number;
  readonly result: () => LoadResult;
}

/** Starts counting. */
export function createTally(nowMs: () => number): Tally {
  const startedMs = nowMs();
  const latencies = createLatencies();
  const lateness = createLatencies();
  const failures = new Map<string, number>();
  let requests = 0;
  let failed = 0;
  return {
    note: (outcome, begunMs) => {
      requests += 1;
      if (outcome.kind === 'answered') return latencies.add(nowMs() - begunMs);
      failed += 1;
      failures.set(outcome.reason, (failures.get(outcome.reason) ?? 0) + 1);
    },
    late: lateness.add,
    failed: () => failed,
    result: () => ({
      requests,
      failures: Object.fromEntries(failures),
      elapsedMs: nowMs() - startedMs,
      p50Ms: latencies.quantile(0.5),
      p99Ms: latencies.quantile(0.99),
      lateP99Ms: lateness.quantile(0.99),
    }),
  };
}
