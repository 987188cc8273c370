import { expect, test } from 'vitest';
import { snapshotPage } from '../../src/server/snapshot-page.ts';
import { at, invalid, meta, model, objective, POOL, rewrite, route, weights } from '../core/objects.ts';
import { loadView, snapshotOf } from '../core/pods.ts';

const PLACE = 'policy.yaml:1:1';

/** The page as a browser gets it. */
function pageOf(...args: Parameters<typeof snapshotPage>): unknown {
  return JSON.parse(JSON.stringify(snapshotPage(...args)));
}

test('shows pools with their rules, objectives, pods and load', () => {
  const snapshot = snapshotOf(2, [
    model('lora', 'lora-request', { criticality: 'Critical', targets: weights({ a: 9, b: 1 }) }),
    invalid('broken', ['broken-request']),
    rewrite('rest', [['any', { c: 1 }]]),
    objective('batch', -1),
  ]);
  const load = loadView(
    { waiting: 1, running: 2, sent: 3, kvUsage: 0.5, maxLoras: 4, adapters: ['a'], models: ['a', 'b'] },
    { freshness: 'dead', models: undefined },
  );
  const target = (name: string, weight: number, role: string) => {
    return { name, wanted: weight, effective: weight, role, group: role };
  };
  expect(pageOf(snapshot, load, [])).toEqual({
    version: 1,
    defaultPool: POOL,
    hosts: {},
    conflicts: [],
    pools: [
      {
        pool: POOL,
        models: {
          'lora-request': {
            object: { kind: 'InferenceModel', namespace: 'default', name: 'lora', place: PLACE },
            criticality: 'Critical',
            targets: [target('a', 9, 'stable'), target('b', 1, 'canary')],
          },
          'broken-request': {
            object: { kind: 'InferenceModel', namespace: 'default', name: 'broken', place: PLACE },
            problem: 'spec.targetModels[0].weight is missing',
          },
        },
        otherModels: {
          object: { kind: 'InferenceModelRewrite', namespace: 'default', name: 'rest', place: PLACE },
          criticality: 'Standard',
          targets: [target('c', 1, 'stable')],
        },
        objectives: { batch: -1 },
        endpoints: [
          {
            address: '10.0.0.1:8000',
            name: 'pod-10.0.0.1',
            state: 'fresh',
            waiting: 1,
            running: 2,
            sent: 3,
            kvUsage: 0.5,
            maxLoras: 4,
            adapters: ['a'],
            models: ['a', 'b'],
          },
          {
            address: '10.0.0.2:8000',
            name: 'pod-10.0.0.2',
            state: 'dead',
            waiting: 0,
            running: 0,
            sent: 0,
            kvUsage: 0,
            maxLoras: 0,
            adapters: [],
            models: 'unknown',
          },
        ],
      },
    ],
  });
});

test('shows which host goes to which pool', () => {
  const snapshot = snapshotOf(0, [
    route('exact', 'test.com', POOL),
    route('wildcard', '*.example.com', POOL),
    route('any', '*', POOL),
  ]);
  expect(pageOf(snapshot, loadView(), [])).toMatchObject({
    hosts: { 'test.com': POOL, '*.example.com': POOL, '*': POOL },
  });
});

test('shows conflicts with both places', () => {
  const winner = meta('InferenceModel', 'old', { place: at('a.yaml', 3) });
  const loser = meta('InferenceModel', 'new', { place: at('b.yaml', 7, 2) });
  expect(pageOf(snapshotOf(0), loadView(), [{ model: 'lora-request', winner, loser }])).toMatchObject({
    conflicts: [
      {
        name: 'lora-request',
        winner: { kind: 'InferenceModel', namespace: 'default', name: 'old', place: 'a.yaml:3:1' },
        loser: { kind: 'InferenceModel', namespace: 'default', name: 'new', place: 'b.yaml:7:2' },
      },
    ],
  });
});
