import { setTimeout as delay } from 'node:timers/promises';
import type { WantedWeight } from './split.ts';

/** The weights in force, each edit a new value. */
export interface WeightWatch {
  /** Reads again and returns the weights; the same array as before if nothing has changed. */
  readonly refresh: () => Promise<readonly WantedWeight[]>;
  /** Resolves once the weights are others than these. */
  readonly changedFrom: (weights: readonly WantedWeight[], signal: AbortSignal) => Promise<void>;
}

const POLL_MS = 300;

/** Watches weights by reading them again and again. */
export function createWeightWatch(read: () => Promise<readonly WantedWeight[]>): WeightWatch {
  let current: readonly WantedWeight[] = [];
  const refresh = async (): Promise<readonly WantedWeight[]> => {
    const next = await read();
    if (JSON.stringify(next) !== JSON.stringify(current)) current = next;
    return current;
  };
  return {
    refresh,
    changedFrom: async (weights, signal) => {
      while ((await refresh()) === weights) await delay(POLL_MS, undefined, { signal });
    },
  };
}
