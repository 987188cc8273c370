import { expect, test } from 'vitest';
import { clusterPage } from '../../src/server/cluster-page.ts';
import type { KindView } from '../../src/sources/kubernetes/cluster-view.ts';
import type { WatchState } from '../../src/sources/kubernetes/watch-state.ts';

const EPOCH_MS = Date.parse('2026-01-31T12:00:00Z');

function view(state: WatchState, changes: Partial<KindView> = {}): KindView {
  return {
    ...{ group: 'llm-d.ai', kind: 'InferenceObjective', plural: 'inferenceobjectives', version: 'v1alpha2' },
    ...{ namespace: 'llm', state },
    ...changes,
  };
}

const page = (kinds: readonly KindView[], discovery?: { sinceMs: number; problem: string }) =>
  clusterPage({ kinds, discovery }, { nowMs: 100_000, epochMs: EPOCH_MS });

const KIND = { kind: 'InferenceObjective', apiVersion: 'llm-d.ai/v1alpha2', namespace: 'llm' };

test('a view that is current is not old', () => {
  const pods = view({ kind: 'current' }, { group: '', kind: 'Pod', version: 'v1', namespace: undefined });
  expect(page([pods])).toEqual({
    oldForSeconds: 0,
    kinds: [{ kind: 'Pod', apiVersion: 'v1', state: 'current' }],
  });
});

test('a view is as old as its oldest part, which says why', () => {
  const kinds = [
    view({ kind: 'old', sinceMs: 97_500, problem: '500: broken' }),
    view({ kind: 'forbidden', verb: 'list', sinceMs: 90_000 }),
  ];
  expect(page(kinds, { sinceMs: 99_000, problem: 'no answer' })).toEqual({
    oldForSeconds: 10,
    oldSince: '2026-01-31T11:59:50.000Z',
    discovery: { oldForSeconds: 1, oldSince: '2026-01-31T11:59:59.000Z', problem: 'no answer' },
    kinds: [
      {
        ...KIND,
        state: 'old',
        oldForSeconds: 2.5,
        oldSince: '2026-01-31T11:59:57.500Z',
        problem: '500: broken',
      },
      {
        ...KIND,
        state: 'forbidden',
        oldForSeconds: 10,
        oldSince: '2026-01-31T11:59:50.000Z',
        missingRule: {
          apiGroups: ['llm-d.ai'],
          resources: ['inferenceobjectives'],
          verbs: ['list', 'watch'],
        },
      },
    ],
  });
});

test('what is missing is named, and what is not there or not known yet is not old', () => {
  const kinds = [
    view({ kind: 'forbidden', verb: 'watch', sinceMs: undefined }),
    view({ kind: 'forbidden', verb: 'discovery', sinceMs: undefined }, { version: undefined }),
    view({ kind: 'absent' }, { version: undefined }),
    view({ kind: 'syncing', problem: 'no answer' }),
    view({ kind: 'syncing', problem: undefined }),
  ];
  const group = { ...KIND, apiVersion: 'llm-d.ai' };
  expect(page(kinds)).toEqual({
    oldForSeconds: 0,
    kinds: [
      {
        ...KIND,
        state: 'forbidden',
        missingRule: { apiGroups: ['llm-d.ai'], resources: ['inferenceobjectives'], verbs: ['watch'] },
      },
      { ...group, state: 'forbidden', missingRule: { nonResourceURLs: ['/apis/*'], verbs: ['get'] } },
      { ...group, state: 'absent' },
      { ...KIND, state: 'syncing', problem: 'no answer' },
      { ...KIND, state: 'syncing' },
    ],
  });
});
