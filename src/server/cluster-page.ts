import { type ClusterView, type KindView, viewOldSince } from '../sources/kubernetes/cluster-view.ts';
import { oldSince } from '../sources/kubernetes/watch-state.ts';

/** The moment of a page: on the process's own clock, and on the wall's. */
export interface PageTime {
  readonly nowMs: number;
  readonly epochMs: number;
}

/** How much Serin knows of its cluster and how old that is, as plain JSON for `/readyz` and `/debug/snapshot`. */
export function clusterPage(view: ClusterView, time: PageTime): object {
  const { kinds, discovery } = view;
  return {
    oldForSeconds: 0,
    ...agePage(viewOldSince(view), time),
    ...(discovery === undefined
      ? {}
      : { discovery: { ...agePage(discovery.sinceMs, time), problem: discovery.problem } }),
    kinds: kinds.map((kind) => kindPage(kind, time)),
  };
}

function agePage(sinceMs: number | undefined, { nowMs, epochMs }: PageTime): object {
  if (sinceMs === undefined) return {};
  const ageMs = nowMs - sinceMs;
  return { oldForSeconds: Math.round(ageMs / 100) / 10, oldSince: new Date(epochMs - ageMs).toISOString() };
}

function kindPage(view: KindView, time: PageTime): object {
  const { group, kind, version, namespace, state } = view;
  return {
    kind,
    apiVersion: [group, version].filter((part) => part !== '' && part !== undefined).join('/'),
    ...(namespace === undefined ? {} : { namespace }),
    state: state.kind,
    ...agePage(oldSince(state), time),
    ...('problem' in state && state.problem !== undefined ? { problem: state.problem } : {}),
    ...missing(view),
  };
}

/** What an administrator would have to add, in the terms of a Role. */
function missing({ group, plural, state }: KindView): object {
  if (state.kind !== 'forbidden') return {};
  if (state.verb === 'discovery') return { missingRule: { nonResourceURLs: ['/apis/*'], verbs: ['get'] } };
  const verbs = state.verb === 'list' ? ['list', 'watch'] : ['watch'];
  return { missingRule: { apiGroups: [group], resources: [plural], verbs } };
}
