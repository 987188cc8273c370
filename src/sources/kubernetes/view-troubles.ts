import type { ClusterView, KindView } from './cluster-view.ts';

/** What keeps the view of a cluster from being whole and current, in words for people. */
export function viewTroubles({ kinds, discovery }: ClusterView): readonly string[] {
  const told =
    discovery === undefined ? [] : [`the API server does not tell its kinds: ${discovery.problem}`];
  return [...told, ...kinds.flatMap(kindTrouble)];
}

function kindTrouble({ kind, namespace, state }: KindView): readonly string[] {
  const what = namespace === undefined ? kind : `${kind} in ${namespace}`;
  switch (state.kind) {
    case 'old':
      return [`${what}: what is known may be old: ${state.problem}`];
    case 'forbidden':
      return [`${what}: not read, since RBAC forbids ${state.verb}; /readyz names the rule`];
    case 'syncing':
      return state.problem === undefined ? [] : [`${what}: not read yet: ${state.problem}`];
    case 'current':
    case 'absent':
      return [];
  }
}
