/** What a name that a pod serves stands for; a base model needs no adapter slot. */
export type ModelKind = 'base' | 'adapter';

/** How far an endpoint's load figures can be trusted. */
export type Freshness = 'unknown' | 'fresh' | 'stale' | 'dead';

/**
 * The load of every endpoint, indexed by `Endpoint.slot`. Written by the scraper and the in-flight ledger,
 * read by the picker; a scrape never rebuilds a snapshot.
 */
export interface LoadView {
  /** Requests in the pod's queue at its last scrape. */
  readonly waiting: ArrayLike<number>;
  /** Requests being generated at its last scrape. */
  readonly running: ArrayLike<number>;
  /** KV cache use at its last scrape, 0 to 1. */
  readonly kvUsage: ArrayLike<number>;
  /** Adapter slots on the GPU (`max_lora`); 0 if the pod has not said. */
  readonly maxLoras: ArrayLike<number>;
  /** Requests that this process sent and that no scrape has seen yet. */
  readonly sent: ArrayLike<number>;
  readonly freshness: readonly Freshness[];
  /** Model names that the pod serves (`/v1/models`); `undefined` while unknown: then it may serve all. */
  readonly models: readonly (ReadonlyMap<string, ModelKind> | undefined)[];
  /** Adapters that are probably in the pod's GPU slots: in flight at the last scrape, or sent lately. */
  readonly adapters: readonly (ReadonlySet<string> | undefined)[];
}
