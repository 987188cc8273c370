import { oldSince, type WatchState } from './watch-state.ts';

/** How much Serin knows of one kind in one namespace. */
export interface KindView {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  /** Undefined while no version is read. */
  readonly version: string | undefined;
  /** Undefined for all namespaces. */
  readonly namespace: string | undefined;
  readonly state: WatchState;
}

/** How much Serin knows of its cluster. */
export interface ClusterView {
  readonly kinds: readonly KindView[];
  /** Since when discovery gets no answers, and why; undefined while it does. */
  readonly discovery: { readonly sinceMs: number; readonly problem: string } | undefined;
}

/** Since when some part of the view is not the cluster's any more; undefined if all of it is current. */
export function viewOldSince({ kinds, discovery }: ClusterView): number | undefined {
  const times = [discovery?.sinceMs, ...kinds.map(({ state }) => oldSince(state))];
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** True once everything that can be read was read; what is absent or forbidden is known to be empty. */
export function isSynced({ kinds }: ClusterView): boolean {
  return kinds.every(({ state }) => state.kind !== 'syncing');
}
