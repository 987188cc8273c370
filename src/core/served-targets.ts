import type { LoadView } from './load-view.ts';
import type { Pool } from './snapshot.ts';

/** What the ready pods of a pool serve, as far as they have told. */
export interface ServedTargets {
  /** Pods that are ready and answer. */
  readonly pods: number;
  readonly names: ReadonlySet<string>;
  /** True if some pod has not told its models: it may serve any. */
  readonly untold: boolean;
}

/** Asks the load view what a pool's pods serve; one that Serin cannot reach serves nothing. */
export function servedTargets({ endpoints }: Pool, { freshness, models }: LoadView): ServedTargets {
  const alive = endpoints.filter(({ slot }) => freshness[slot] !== 'dead');
  const told = alive.map(({ slot }) => models[slot]);
  // Pods that serve the same names mostly share one list of them.
  const lists = [...new Set(told)];
  return {
    pods: alive.length,
    names: new Set(lists.flatMap((names) => [...(names?.keys() ?? [])])),
    untold: told.includes(undefined),
  };
}
