import { expect, test } from 'vitest';
import type { ClusterView } from '../../../src/sources/kubernetes/cluster-view.ts';
import { viewTroubles } from '../../../src/sources/kubernetes/view-troubles.ts';
import type { WatchState } from '../../../src/sources/kubernetes/watch-state.ts';

const kind = (state: WatchState, namespace?: string): ClusterView['kinds'][number] => ({
  ...{ group: '', kind: 'Pod', plural: 'pods', version: 'v1', namespace, state },
});

test('a view that is whole and current has none', () => {
  const kinds = [
    kind({ kind: 'current' }),
    kind({ kind: 'absent' }),
    kind({ kind: 'syncing', problem: undefined }),
  ];
  expect(viewTroubles({ kinds, discovery: undefined })).toEqual([]);
});

test('what is old, forbidden or unread is told with its reason', () => {
  const kinds = [
    kind({ kind: 'old', sinceMs: 1, problem: 'timeout' }, 'llm'),
    kind({ kind: 'forbidden', verb: 'list', sinceMs: undefined }),
    kind({ kind: 'syncing', problem: '500' }),
  ];
  expect(viewTroubles({ kinds, discovery: { sinceMs: 1, problem: 'no answer' } })).toEqual([
    'the API server does not tell its kinds: no answer',
    'Pod in llm: what is known may be old: timeout',
    'Pod: not read, since RBAC forbids list; /readyz names the rule',
    'Pod: not read yet: 500',
  ]);
});
