import type { LoadView } from '../../src/core/load-view.ts';
import type { TargetName } from '../../src/core/names.ts';
import type { Endpoint } from '../../src/core/snapshot.ts';
import type { Crowd } from './crowd.ts';

/** The floor: one look at every figure that a score is made of, for each endpoint, and the least sum of them. */
export function scanFigures({ pool, load }: Crowd, target: TargetName): Endpoint | undefined {
  const { freshness, models } = load;
  const standing = load.standing(target);
  let winner: Endpoint | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const endpoint of pool.endpoints) {
    const { slot } = endpoint;
    if (freshness[slot] === 'dead' || models[slot] === undefined) continue;
    const sum = loadOf(load, slot) + adaptersOf(load, slot) + (standing[slot] ?? 0);
    if (sum >= least) continue;
    least = sum;
    winner = endpoint;
  }
  return winner;
}

function loadOf({ waiting, running, kvUsage, batch, sent, sentPrompts }: LoadView, slot: number): number {
  const scraped = (waiting[slot] ?? 0) + (running[slot] ?? 0) + (kvUsage[slot] ?? 0) + (batch[slot] ?? 0);
  return scraped + (sent[slot] ?? 0) + (sentPrompts[slot] ?? 0);
}

function adaptersOf({ maxLoras, busyLoras }: LoadView, slot: number): number {
  return (maxLoras[slot] ?? 0) + (busyLoras[slot] ?? 0);
}

/** A lower floor, which knows nothing of adapters: the least of the sums that the load table keeps. */
export function scanSums({ pool, load: { loadScores } }: Crowd): Endpoint | undefined {
  let winner: Endpoint | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const endpoint of pool.endpoints) {
    const score = loadScores[endpoint.slot] ?? 0;
    if (score >= least) continue;
    least = score;
    winner = endpoint;
  }
  return winner;
}
