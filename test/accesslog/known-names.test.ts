import { describe, expect, test } from 'vitest';
import { createKnownNames } from '../../src/accesslog/known-names.ts';
import type { DecidedNames } from '../../src/accesslog/logged-decision.ts';
import { model, POOL, weights } from '../core/objects.ts';
import { endpoint, loadView, snapshotOf } from '../core/pods.ts';

const LORA = model('lora', 'lora-request', { targets: weights({ a: 9, b: 1 }) });

function create() {
  const snapshot = snapshotOf(2, [LORA]);
  return createKnownNames({
    snapshot: () => snapshot,
    load: loadView({ models: ['a', 'adapter'] }, { models: undefined }),
  });
}

function names(parts: Partial<DecidedNames> = {}): DecidedNames {
  return {
    pool: POOL,
    route: 'weighted',
    model: 'lora-request',
    target: 'a',
    role: 'stable',
    group: 'stable',
    endpoint: endpoint(0).address,
    ...parts,
  };
}

describe('names that an entry tells', () => {
  test('pass where this process knows them, with the labels that the decision had', () => {
    expect(create().decision(names({ key: '0badcafe' }), undefined)).toEqual({
      ...names(),
      key: '0badcafe',
      modelLabel: 'lora-request',
      targetLabel: 'a',
    });
    const direct = names({ route: 'direct', model: 'adapter', target: 'adapter' });
    expect(create().decision(direct, undefined)).toMatchObject({
      modelLabel: 'adapter',
      targetLabel: 'adapter',
    });
    const byHeaders = names({ route: 'headers', model: undefined, target: undefined });
    expect(create().decision(byHeaders, undefined)).toMatchObject({ modelLabel: '', targetLabel: '' });
  });

  test("are other where they are a client's", () => {
    const passed = names({ route: 'passthrough', model: 'made-up', target: undefined });
    expect(create().decision(passed, undefined)).toMatchObject({ modelLabel: 'other', targetLabel: '' });
    const direct = names({ route: 'direct', model: 'made-up', target: 'made-up' });
    expect(create().decision(direct, undefined)).toMatchObject({ modelLabel: 'other', targetLabel: 'other' });
  });

  test('have the target that the response names, where the decision was made by the headers', () => {
    const byHeaders = names({ route: 'headers', model: undefined, target: undefined });
    const answered = ['b', 'made-up'].map((model) => create().decision(byHeaders, model));
    expect(answered).toMatchObject([
      { target: 'b', targetLabel: 'b' },
      { target: undefined, targetLabel: '' },
    ]);
  });

  test('pass in a thousand combinations where only another replica knows them, and never crowd out known ones', () => {
    const bound = create();
    const made = Array.from({ length: 1500 }, (_, at) =>
      bound.decision(
        names({
          pool: `llm/${at % 30}`,
          target: `t${at % 70}`,
          group: `g${at % 11}`,
          endpoint: `10.0.0.1:${at + 1}`,
        }),
        undefined,
      ),
    );
    const series = made.map(({ pool, targetLabel, group, endpoint }) => [pool, targetLabel, group, endpoint]);
    expect(new Set(series.map(String)).size).toBe(1001);
    expect(series.at(-1)).toEqual(['other', 'other', 'other', 'other']);
    expect(bound.decision(names({ target: 'b', group: 'canary' }), undefined)).toMatchObject({
      pool: POOL,
      targetLabel: 'b',
      group: 'canary',
      endpoint: endpoint(0).address,
    });
    expect([bound.endpoint(POOL, endpoint(1).address), bound.endpoint(POOL, '10.9.9.9:1')]).toEqual([
      endpoint(1).address,
      'other',
    ]);
  });
});
