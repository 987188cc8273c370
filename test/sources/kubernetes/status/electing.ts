import { onTestFinished } from 'vitest';
import { createElection, type Election } from '../../../../src/sources/kubernetes/status/election.ts';
import { STATUS_TIMING, type StatusTiming } from '../../../../src/sources/kubernetes/status/timing.ts';
import { createTroubles } from '../../../../src/sources/kubernetes/status/troubles.ts';
import type { FakeStore } from './fake-store.ts';

export const LEASE = '/apis/coordination.k8s.io/v1/namespaces/serin/leases/serin-status';

/** Times of a lease as in production, by a clock that tests turn; what is awaited comes soon. */
export const QUICK_STATUS: StatusTiming = {
  ...STATUS_TIMING,
  retryMs: 5,
  passMs: 5,
  settleMs: 0,
  deniedMs: 5,
  firstBackoffMs: 5,
  maxBackoffMs: 20,
};

/** A clock that stands until it is turned. */
export interface Clock {
  nowMs: number;
}

/** One replica in an election. */
export interface Replica {
  readonly election: Election;
  /** When it began and ceased to lead. */
  readonly led: readonly boolean[];
  readonly told: readonly string[];
  readonly failures: readonly string[];
  readonly stop: () => Promise<void>;
}

/** Lets a replica run for the lease of a store until the test ends. */
export function elect(store: FakeStore, identity: string, clock: Clock): Replica {
  const led: boolean[] = [];
  const told: string[] = [];
  const failures: string[] = [];
  const election = createElection({
    open: store.open,
    name: { namespace: 'serin', name: 'serin-status' },
    identity,
    timing: QUICK_STATUS,
    now: () => clock.nowMs,
    date: () => new Date('2026-01-31T12:00:00.250Z'),
    random: () => 0.5,
    troubles: createTroubles({
      trouble: (what, problem) => void told.push(`${what}: ${problem}`),
      mended: (what) => void told.push(`${what} mended`),
    }),
    failed: (reason) => void failures.push(reason),
    leads: (leading) => void led.push(leading),
  });
  const end = new AbortController();
  const ended = election.run(end.signal);
  const stop = async () => {
    end.abort();
    await ended;
  };
  onTestFinished(stop);
  return { election, led, told, failures, stop };
}
