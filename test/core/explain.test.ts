import { describe, expect, test } from 'vitest';
import { type DecideContext, decide } from '../../src/core/decide.ts';
import type { PickRequest } from '../../src/core/decision.ts';
import { explain } from '../../src/core/explain.ts';
import type { Explanation } from '../../src/core/explanation.ts';
import { modelName } from '../../src/core/names.ts';
import { invalid, model, POOL, weights } from './objects.ts';
import { loadView, OPTIONS, type PodLoad, snapshotOf } from './pods.ts';
import { seededRandom } from './seeded-random.ts';

const CANARY = model('canary', 'lora-request', {
  targets: weights({ 'sql-lora': 90, 'sql-lora-2': 10 }),
  criticality: 'Sheddable',
});

function request(name: string | undefined, changes: Partial<PickRequest> = {}): PickRequest {
  return {
    ...{ host: 'test.com', objective: undefined, session: undefined, subset: undefined },
    model: name === undefined ? undefined : modelName(name),
    ...changes,
  };
}

function context(pods: readonly PodLoad[], changes: Partial<DecideContext> = {}): DecideContext {
  return {
    snapshot: snapshotOf(pods.length, [CANARY, invalid('broken', ['broken-model'])]),
    load: loadView(...pods),
    random: () => 0.95,
    origin: { pool: undefined, authority: undefined },
    options: { ...OPTIONS, unknownModel: 'reject', directModels: 'all', stickySessions: false },
    ...changes,
  };
}

const explanationOf = (...asked: Parameters<typeof explain>) => explain(...asked).explanation;

/** Every total is the sum of its scores, and that of the picked pod is the least of all. */
function expectLeast(picked: string, explanation: Explanation | undefined): void {
  const admitted = explanation?.pick?.candidates.filter((each) => each.admitted) ?? [];
  for (const { scores, total } of admitted) {
    expect(Object.values(scores).reduce((sum, part) => sum + part, 0)).toBeCloseTo(total);
  }
  const least = Math.min(...admitted.map(({ total }) => total));
  expect(admitted.find(({ endpoint }) => endpoint === picked)?.total).toBe(least);
}

describe('explain', () => {
  test('tells the rule with its place, the roll, and every pod with its score, the best first', () => {
    const pods = [
      { running: 3, models: ['sql-lora', 'sql-lora-2'] },
      { freshness: 'dead' },
      { running: 1 },
      { models: ['sql-lora'] },
    ] as const;
    expect(explain(request('lora-request'), context(pods), 10)).toMatchObject({
      kind: 'forward',
      target: 'sql-lora-2',
      endpoint: { address: '10.0.0.3:8000' },
      explanation: {
        pool: POOL,
        rule: {
          kind: 'weighted',
          object: { kind: 'InferenceModel', name: 'canary', place: { source: 'policy.yaml', line: 1 } },
          criticality: 'Sheddable',
          targets: [
            { name: 'sql-lora', wanted: 90, effective: 90, role: 'stable' },
            { name: 'sql-lora-2', wanted: 10, effective: 10, role: 'canary' },
          ],
        },
        roll: { value: 0.95, by: 'chance' },
        pick: {
          sheddable: true,
          candidates: [
            { endpoint: '10.0.0.3:8000', name: 'pod-10.0.0.3', admitted: true, full: false },
            { endpoint: '10.0.0.1:8000', name: 'pod-10.0.0.1', admitted: true, full: false },
            { endpoint: '10.0.0.2:8000', name: 'pod-10.0.0.2', admitted: false, because: 'dead' },
            { endpoint: '10.0.0.4:8000', name: 'pod-10.0.0.4', admitted: false, because: 'lacks_target' },
          ],
          left: 0,
        },
      },
    });
  });

  test('is the decision itself: the same outcome for the same numbers, and its pod has the least total', () => {
    const numbers = seededRandom(11);
    for (let round = 0; round < 300; round += 1) {
      const pods = Array.from({ length: 5 }, () => ({
        waiting: Math.floor(numbers() * 8),
        running: Math.floor(numbers() * 20),
        kvUsage: numbers(),
        maxLoras: 1,
        adapters: numbers() < 0.5 ? ['sql-lora'] : ['other'],
        freshness: numbers() < 0.2 ? ('dead' as const) : ('fresh' as const),
      }));
      const given = context(pods);
      const asked = request('lora-request');
      const { explanation, ...decision } = explain(asked, { ...given, random: seededRandom(round) }, 5);
      expect(decision).toEqual(decide(asked, { ...given, random: seededRandom(round) }));
      if (decision.kind === 'forward') expectLeast(decision.endpoint.address, explanation);
    }
  });

  test('keeps no more pods than asked for, and says how many more there are', () => {
    const pods = [{ running: 5 }, { running: 1 }, { running: 4 }, { running: 2 }];
    expect(explanationOf(request('lora-request'), context(pods), 2)?.pick).toMatchObject({
      candidates: [{ endpoint: '10.0.0.2:8000' }, { endpoint: '10.0.0.4:8000' }],
      left: 2,
    });
  });

  test('tells that a session was the roll, where sessions stick', () => {
    const options = { ...context([{}]).options, stickySessions: true };
    const asked = request('lora-request', { session: 'mine' });
    const roll = explanationOf(asked, context([{}], { options }), 1)?.roll;
    expect(roll).toEqual({ value: expect.any(Number), by: 'session' });
    expect(explanationOf(asked, context([{}], { options, random: () => 0 }), 1)?.roll).toEqual(roll);
  });

  test('tells as much as was decided of a request that is refused', () => {
    expect(explain(request('broken-model'), context([{}]), 5)).toMatchObject({
      kind: 'reject',
      reason: 'invalid_policy',
      explanation: {
        pool: POOL,
        rule: { kind: 'invalid', object: { name: 'broken' }, problem: expect.any(String) },
        roll: undefined,
        pick: undefined,
      },
    });
    const busy = explain(request('lora-request'), context([{ waiting: 100 }]), 5);
    expect(busy).toMatchObject({
      reason: 'overloaded',
      explanation: { pick: { candidates: [{ admitted: true, full: true }] } },
    });
    const origin = { pool: 'none', authority: undefined };
    expect(explanationOf(request('lora-request'), context([{}], { origin }), 5)).toEqual({
      model: 'lora-request',
    });
  });

  test('holds no more of a name than its beginning', () => {
    const explanation = explanationOf(request('x'.repeat(1 << 20)), context([{}]), 1);
    const cut = `${'x'.repeat(200)}…`;
    expect([explanation?.model, explanation?.pick?.target]).toEqual([cut, cut]);
  });

  test('has no rule for a name that pods serve themselves', () => {
    expect(explanationOf(request('base'), context([{ bases: ['base'], models: [] }]), 5)).toMatchObject({
      rule: undefined,
      roll: undefined,
      pick: { candidates: [{ admitted: true }] },
    });
  });
});
