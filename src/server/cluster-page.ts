import { type ClusterView, type KindView, viewOldSince } from '../sources/kubernetes/cluster-view.ts';
import { oldSince } from '../sources/kubernetes/watch-state.ts';

/** How much Serin knows of its cluster and how old that is, as plain JSON for `/readyz` and `/debug/snapshot`. */
export function clusterPage(view: ClusterView, nowMs: number): object {
  const { kinds, discovery } = view;
  return {
    oldForSeconds: secondsSince(viewOldSince(view), nowMs),
    ...(discovery === undefined
      ? {}
      : {
          discovery: {
            oldForSeconds: secondsSince(discovery.sinceMs, nowMs),
            problem: discovery.problem,
          },
        }),
    kinds: kinds.map((kind) => kindPage(kind, nowMs)),
  };
}

function kindPage(view: KindView, nowMs: number): object {
  const { group, kind, version, namespace, state } = view;
  const since = oldSince(state);
  return {
    kind,
    apiVersion: [group, version].filter((part) => part !== '' && part !== undefined).join('/'),
    ...(namespace === undefined ? {} : { namespace }),
    state: state.kind,
    ...(since === undefined ? {} : { oldForSeconds: secondsSince(since, nowMs) }),
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

function secondsSince(sinceMs: number | undefined, nowMs: number): number {
  return sinceMs === undefined ? 0 : Math.round((nowMs - sinceMs) / 100) / 10;
}
