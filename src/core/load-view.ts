import type { TargetName } from './names.ts';
import type { PrefixHits, PromptPrefix } from './prompt-prefix.ts';

/** What a name that a pod serves stands for; a base model needs no adapter slot. */
export type ModelKind = 'base' | 'adapter';

/** How far an endpoint's load figures can be trusted. */
export type Freshness = 'unknown' | 'fresh' | 'stale' | 'dead';

/** Where an adapter is on a pod, as far as is known; numbers, since they are read once for each pod of a pick. */
export const STANDING = {
  /** Not used there lately: it comes from disk. */
  away: 0,
  /** Used there lately, but others since: it comes from the pod's memory. */
  cached: 1,
  /** In one of the pod's GPU slots. */
  resident: 2,
  /** In a slot, with a request that runs or waits. */
  inFlight: 3,
} as const;

/** The figures of every endpoint's load, as they were scraped and counted; indexed as the view is. */
export interface LoadFigures {
  /** Requests in the pod's queue at its last scrape. */
  readonly waiting: ArrayLike<number>;
  /** Requests being generated at its last scrape. */
  readonly running: ArrayLike<number>;
  /** KV cache use at its last scrape, 0 to 1. */
  readonly kvUsage: ArrayLike<number>;
  /** Most requests that were seen running while others waited, which is what its batch takes; 0 if none ever did. */
  readonly batch: ArrayLike<number>;
  /** Requests that this process sent and that no scrape has seen yet. */
  readonly sent: ArrayLike<number>;
  /** The prompts of these requests, in prompts of a usual size. */
  readonly sentPrompts: ArrayLike<number>;
  readonly freshness: readonly Freshness[];
}

/**
 * The load of every endpoint, indexed by `Endpoint.slot`. Written by the scraper and the in-flight ledger,
 * read by the picker; a scrape never rebuilds a snapshot.
 */
export interface LoadView extends LoadFigures {
  /** `loadScore` of the figures, kept by whoever writes them: a pick reads it of each pod, and a write is of one. */
  readonly loadScores: ArrayLike<number>;
  /** Adapter slots on the GPU (`max_lora`); 0 if the pod has not said. */
  readonly maxLoras: ArrayLike<number>;
  /** Different adapters with a request in flight: at the last scrape, or sent since. */
  readonly busyLoras: ArrayLike<number>;
  /** Model names that the pod serves (`/v1/models`); `undefined` while unknown: then it may serve all. */
  readonly models: readonly (ReadonlyMap<string, ModelKind> | undefined)[];
  /** Adapters that are probably in the pod's GPU slots: in flight at the last scrape, or sent lately. */
  readonly adapters: readonly (ReadonlySet<string> | undefined)[];
  /** One of `STANDING` by slot, for an adapter; what is absent is `away`. */
  readonly standing: (target: TargetName) => ArrayLike<number>;
  /** How much of a prompt's beginning pods have lately been sent for a target; good until the next call. */
  readonly prefixHits: (target: TargetName | undefined, prompt: PromptPrefix) => PrefixHits;
}
