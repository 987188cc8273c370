import { describe, expect, test } from 'vitest';
import { compileRules } from '../../src/core/compile-rules.ts';
import { modelName, poolKey, targetName } from '../../src/core/names.ts';
import { overlayKey } from '../../src/core/overlay.ts';
import type { PolicyObject } from '../../src/core/policy.ts';
import type { Rule } from '../../src/core/snapshot.ts';
import { at, invalid, model, objective, POOL, rewrite, weights } from './objects.ts';

const compiled = (...objects: readonly PolicyObject[]) => compileRules(POOL, objects, new Map());

/** `name: weight` of the rule's targets. */
function targetsOf(rule: Rule | undefined) {
  if (rule?.kind !== 'weighted') return rule;
  return Object.fromEntries(rule.targets.map(({ name, effective }) => [name, effective]));
}

function targetsFor(name: string, ...objects: readonly PolicyObject[]) {
  return targetsOf(compiled(...objects).rules.get(modelName(name)));
}

const STABLE = { role: 'stable', group: 'stable' };
const CANARY = { role: 'canary', group: 'canary' };

describe('compileRules', () => {
  test('makes a rule of an InferenceModel', () => {
    const object = model('m', 'lora-request', {
      criticality: 'Sheddable',
      targets: weights({ 'sql-lora': 9, 'sql-lora-2': 1 }),
    });
    expect(compiled(object)).toEqual({
      rules: new Map([
        [
          'lora-request',
          {
            kind: 'weighted',
            object: object.meta,
            criticality: 'Sheddable',
            targets: [
              { name: 'sql-lora', wanted: 9, effective: 9, reason: undefined, ...STABLE },
              { name: 'sql-lora-2', wanted: 1, effective: 1, reason: undefined, ...CANARY },
            ],
            totalWeight: 10,
          },
        ],
      ]),
      anyRule: undefined,
      conflicts: [],
    });
  });

  test('serves a model without targets under its own name', () => {
    expect(targetsFor('base', model('m', 'base'))).toEqual({ base: 1 });
  });

  test('keeps a target of weight 0 registered', () => {
    expect(targetsFor('m', model('m', 'm', { targets: weights({ a: 0, b: 1 }) }))).toEqual({ a: 0, b: 1 });
  });

  test('sums up weights exactly beyond 2^31', () => {
    const max = 2 ** 31 - 1;
    const targets = Array.from({ length: 100 }, (_, index) => ({
      name: targetName(`t${index}`),
      weight: max,
    }));
    const rule = compiled(model('m', 'm', { targets })).rules.get(modelName('m'));
    expect(rule).toMatchObject({ totalWeight: 214_748_364_700 });
  });

  test('leaves objects of other pools and other kinds aside', () => {
    const other = model('m', 'm', { pool: poolKey('default', 'other') });
    expect(compiled(other, objective('o', 1))).toEqual({
      rules: new Map(),
      anyRule: undefined,
      conflicts: [],
    });
  });

  describe('when two objects want one name', () => {
    const targets = (name: string) => ({ targets: weights({ [name]: 1 }) });

    test('the oldest wins and the other is reported with both places', () => {
      const old = model('old', 'm', { ...targets('a'), createdAtMs: 1000, place: at('z.yaml', 9) });
      const young = model('young', 'm', { ...targets('b'), createdAtMs: 2000, place: at('a.yaml', 1) });
      expect(targetsFor('m', young, old)).toEqual({ a: 1 });
      expect(compiled(young, old).conflicts).toEqual([{ model: 'm', winner: old.meta, loser: young.meta }]);
    });

    test('without timestamps the first by path and then by order in the document wins', () => {
      const first = model('z', 'm', { ...targets('a'), place: at('a.yaml', 2) });
      const second = model('y', 'm', { ...targets('b'), place: at('a.yaml', 10) });
      const third = model('x', 'm', { ...targets('c'), place: at('b.yaml', 1) });
      expect(targetsFor('m', third, second, first)).toEqual({ a: 1 });
      expect(compiled(third, second, first).conflicts).toEqual([
        { model: 'm', winner: first.meta, loser: second.meta },
        { model: 'm', winner: first.meta, loser: third.meta },
      ]);
    });

    test('the loser takes over when the winner is gone', () => {
      const loser = model('y', 'm', { ...targets('b'), place: at('b.yaml', 1) });
      expect(targetsFor('m', loser)).toEqual({ b: 1 });
      expect(compiled(loser).conflicts).toEqual([]);
    });

    test('the kind does not matter: an InferenceModel and a rewrite go by age', () => {
      const old = { ...targets('a'), createdAtMs: 1000 };
      const young = { ...targets('b'), createdAtMs: 2000 };
      expect(targetsFor('m', model('x', 'm', old), rewrite('y', [[['m'], { b: 1 }]], young))).toEqual({
        a: 1,
      });
      expect(targetsFor('m', model('x', 'm', young), rewrite('y', [[['m'], { c: 1 }]], old))).toEqual({
        c: 1,
      });
    });

    test('equal names in two pools do not meet', () => {
      const here = model('x', 'm', targets('a'));
      const there = model('y', 'm', { ...targets('b'), pool: poolKey('default', 'other') });
      expect(targetsFor('m', there, here)).toEqual({ a: 1 });
      expect(compiled(there, here).conflicts).toEqual([]);
    });
  });

  describe('of an InferenceModelRewrite', () => {
    test('serves each name that it matches, as Standard', () => {
      const object = rewrite('r', [[['a', 'b'], { x: 3, y: 1 }]]);
      const { rules } = compiled(object);
      expect([...rules.keys()]).toEqual(['a', 'b']);
      expect(rules.get(modelName('b'))).toMatchObject({
        criticality: 'Standard',
        object: object.meta,
        totalWeight: 4,
      });
    });

    test('prefers a matching rule to one without matches, whatever their age', () => {
      const any = rewrite('any', [['any', { all: 1 }]], { createdAtMs: 1000 });
      const exact = rewrite('exact', [[['m'], { one: 1 }]], { createdAtMs: 2000 });
      const { rules, anyRule, conflicts } = compiled(any, exact);
      expect([targetsOf(rules.get(modelName('m'))), targetsOf(anyRule), conflicts]).toEqual([
        { one: 1 },
        { all: 1 },
        [],
      ]);
    });

    test('takes the first of its own rules that matches, and reports nothing', () => {
      const object = rewrite('r', [
        [['m'], { first: 1 }],
        [['m', 'n'], { second: 1 }],
        ['any', { third: 1 }],
        ['any', { fourth: 1 }],
      ]);
      const { rules, anyRule, conflicts } = compiled(object);
      expect(targetsOf(rules.get(modelName('m')))).toEqual({ first: 1 });
      expect(targetsOf(rules.get(modelName('n')))).toEqual({ second: 1 });
      expect([targetsOf(anyRule), conflicts]).toEqual([{ third: 1 }, []]);
    });

    test('reports a second object without matches as a conflict over every name', () => {
      const winner = rewrite('a', [['any', { a: 1 }]], { createdAtMs: 1000 });
      const loser = rewrite('b', [['any', { b: 1 }]], { createdAtMs: 2000 });
      const { anyRule, conflicts } = compiled(loser, winner);
      expect(targetsOf(anyRule)).toEqual({ a: 1 });
      expect(conflicts).toEqual([{ model: '*', winner: winner.meta, loser: loser.meta }]);
    });
  });

  describe('of an invalid object', () => {
    const broken = invalid('broken', ['m', 'n'], { createdAtMs: 1000 });

    test('refuses its names', () => {
      const rule = { kind: 'invalid', object: broken.meta, problem: broken.problem };
      expect(compiled(broken)).toEqual({
        rules: new Map([
          ['m', rule],
          ['n', rule],
        ]),
        anyRule: undefined,
        conflicts: [],
      });
    });

    test('yields to a valid object, however young, without a conflict', () => {
      const valid = model('valid', 'm', { createdAtMs: 2000 });
      const { rules, conflicts } = compiled(broken, valid);
      expect([rules.get(modelName('m'))?.kind, rules.get(modelName('n'))?.kind]).toEqual([
        'weighted',
        'invalid',
      ]);
      expect(conflicts).toEqual([]);
    });

    test('keeps its names from a rewrite without matches', () => {
      const { rules } = compiled(broken, rewrite('any', [['any', { a: 1 }]]));
      expect(rules.get(modelName('m'))?.kind).toBe('invalid');
    });
  });

  test('puts weights of the overlay in force, by pool, model and target', () => {
    const objects = [
      model('x', 'm', { targets: weights({ a: 9, b: 1 }) }),
      rewrite('y', [['any', { a: 9 }]]),
    ];
    const drained = { effective: 0, reason: 'drained' };
    const raised = { effective: 5, reason: 'step 2' };
    const overlay = new Map([
      [overlayKey(POOL, modelName('m'), targetName('a')), drained],
      [overlayKey(POOL, undefined, targetName('a')), raised],
      [overlayKey(POOL, modelName('other'), targetName('b')), drained],
      [overlayKey(poolKey('default', 'other'), modelName('m'), targetName('b')), drained],
    ]);
    const { rules, anyRule } = compileRules(POOL, objects, overlay);
    expect(rules.get(modelName('m'))).toMatchObject({
      targets: [
        { name: 'a', wanted: 9, effective: 0, reason: 'drained' },
        { name: 'b', wanted: 1, effective: 1, reason: undefined },
      ],
      totalWeight: 1,
    });
    expect(anyRule).toMatchObject({
      targets: [{ name: 'a', wanted: 9, effective: 5, reason: 'step 2' }],
      totalWeight: 5,
    });
  });
});
