import type { LoadView } from './load-view.ts';
import type { TargetName } from './names.ts';

/** Past one of these a pod counts as full. */
export interface Thresholds {
  /** Requests in a pod's queue. */
  readonly queueThreshold: number;
  /** KV cache use, 0 to 1. */
  readonly kvThreshold: number;
}

/** What all pods of a request are scored with. */
export interface ScoreInput {
  /** Undefined if the request wants no particular adapter. */
  readonly target: TargetName | undefined;
  readonly load: LoadView;
  readonly options: Thresholds;
}

/** A tier weighs more than any load. */
const TIER = 2 ** 32;

/** A queue says that the pod's batch is full, so what waits in it weighs more than what runs. */
const WAITING = 4;

/**
 * Scores one pod for a request; the smallest score is the best. The tier comes first:
 * 0. pods that hold the adapter, or have a free slot for it (see `isReady`);
 * 1. other pods that are not full;
 * 2. full pods: past a threshold.
 * Within a tier the expected load decides: requests running, plus four times the requests waiting and the KV
 * cache use. What was sent since the last scrape began counts as running, or as waiting where others wait.
 */
export function scorePod(slot: number, input: ScoreInput): number {
  const { load, options } = input;
  const sent = load.sent[slot] ?? 0;
  const queued = load.waiting[slot] ?? 0;
  const waiting = queued > 0 ? queued + sent : 0;
  const running = (load.running[slot] ?? 0) + (queued > 0 ? 0 : sent);
  const kvUsage = load.kvUsage[slot] ?? 0;
  const full = waiting > options.queueThreshold || kvUsage > options.kvThreshold;
  const tier = full ? 2 : isReady(slot, input) ? 0 : 1;
  return tier * TIER + running + WAITING * (waiting + kvUsage);
}

/** A score with what it is made of. */
export interface PodScore {
  readonly total: number;
  /** Past a threshold. */
  readonly full: boolean;
  /** Their sum is the total. */
  readonly parts: { readonly [part: string]: number };
}

/** Takes a score apart again, for people. */
export function explainScore(total: number): PodScore {
  const load = total % TIER;
  return { total, full: isFull(total), parts: { tier: total - load, load } };
}

/** True if the best score of a request is that of a full pod: then every pod is full. */
export function isFull(score: number): boolean {
  return score >= 2 * TIER;
}

/**
 * True if the pod can start on the target without giving up another adapter. A base model needs no slot, and
 * a pod that has not told its slots is taken to have one. A pod whose figures are stale is never ready: it
 * may have got slow, and gets requests when no other pod is ready.
 */
function isReady(slot: number, { load, target }: ScoreInput): boolean {
  if (load.freshness[slot] === 'stale') return false;
  const slots = load.maxLoras[slot] ?? 0;
  const adapters = load.adapters[slot];
  if (target === undefined || slots === 0 || adapters === undefined || adapters.size < slots) return true;
  return adapters.has(target) || load.models[slot]?.get(target) === 'base';
}
