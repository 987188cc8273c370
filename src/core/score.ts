import type { LoadView } from './load-view.ts';
import type { TargetName } from './names.ts';

/** Above these a pod counts as busy. */
export interface Thresholds {
  /** Requests in a pod's queue. */
  readonly queueThreshold: number;
  /** KV cache use, 0 to 1. */
  readonly kvThreshold: number;
}

/** How well a pod suits a request: a smaller tier wins, then the smaller load. */
export interface Score {
  tier: number;
  load: number;
}

const STALE = 2;
const NOT_PREFERRED = 1;

/** What all pods of a request are scored with. */
export interface ScoreInput {
  readonly target: TargetName | undefined;
  readonly load: LoadView;
  readonly options: Thresholds;
}

/**
 * Scores one pod into `score`, which is reused for every pod of a request. Tiers: pods whose figures are
 * stale come last; among the others come first those that hold the adapter, or have a free slot for it, and
 * are not busy. Load: requests waiting, running, and sent since the last scrape began; the KV cache use
 * decides between equal counts.
 */
export function scorePod(score: Score, slot: number, { target, load, options }: ScoreInput): void {
  const waiting = load.waiting[slot] ?? 0;
  const sent = load.sent[slot] ?? 0;
  const kv = load.kvUsage[slot] ?? 0;
  const busy = waiting + sent > options.queueThreshold || kv > options.kvThreshold;
  const preferred = !busy && hasAdapterOrRoom(slot, target, load);
  score.tier = (load.freshness[slot] === 'stale' ? STALE : 0) + (preferred ? 0 : NOT_PREFERRED);
  score.load = waiting + (load.running[slot] ?? 0) + sent + kv;
}

/** Negative if `a` is the better score. */
export function compareScores(a: Score, b: Score): number {
  return a.tier === b.tier ? a.load - b.load : a.tier - b.tier;
}

/** A base model needs no slot, and a pod that has not told its slots is taken to have one. */
function hasAdapterOrRoom(slot: number, target: TargetName | undefined, load: LoadView): boolean {
  const slots = load.maxLoras[slot] ?? 0;
  const adapters = load.adapters[slot];
  if (target === undefined || slots === 0 || adapters === undefined || adapters.size < slots) return true;
  return adapters.has(target) || load.models[slot]?.get(target) === 'base';
}

/** True if the pod's last scrape shows it past a threshold; what was sent since does not count here. */
export function isSaturated(slot: number, { load, options }: Omit<ScoreInput, 'target'>): boolean {
  return (
    (load.waiting[slot] ?? 0) > options.queueThreshold || (load.kvUsage[slot] ?? 0) > options.kvThreshold
  );
}
