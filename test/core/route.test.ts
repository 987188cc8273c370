import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetName } from '../../src/core/names.ts';
import { chooseTarget } from '../../src/core/route.ts';
import type { WeightedRule } from '../../src/core/snapshot.ts';
import { chiSquareP } from '../../src/demo/chi-square.ts';
import { meta } from './objects.ts';
import { seededRandom } from './seeded-random.ts';

/** A rule with the targets t0, t1 … of these weights. */
function rule(...weights: readonly number[]): WeightedRule {
  return {
    kind: 'weighted',
    object: meta('InferenceModel', 'm'),
    criticality: 'Standard',
    targets: weights.map((weight, index) => ({
      name: targetName(`t${index}`),
      wanted: weight,
      effective: weight,
      reason: undefined,
      role: 'canary',
      group: 'canary',
    })),
    totalWeight: weights.reduce((sum, weight) => sum + weight, 0),
  };
}

const chosen = (from: WeightedRule, roll: number) => chooseTarget(from, roll)?.name;

/** The largest number below 1: no roll is larger. */
const ALMOST_ONE = 1 - 2 ** -53;

const weight = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 1, max: 100 }),
  fc.integer({ min: 1, max: 2 ** 31 - 1 }),
);
const weightList = fc.array(weight, { minLength: 1, maxLength: 100 });
const roll = fc.oneof(
  fc.constant(0),
  fc.constant(ALMOST_ONE),
  fc.double({ min: 0, max: ALMOST_ONE, noNaN: true }),
);

describe('chooseTarget', () => {
  test('gives each target the share of rolls that its weight asks for', () => {
    const split = rule(90, 0, 9, 1);
    const at = (rolls: readonly number[]) => rolls.map((each) => chosen(split, each));
    expect(at([0, 0.5, 0.8999])).toEqual(['t0', 't0', 't0']);
    expect(at([0.9, 0.98])).toEqual(['t2', 't2']);
    expect(at([0.99, ALMOST_ONE])).toEqual(['t3', 't3']);
  });

  test('never chooses a target of weight 0, whatever the roll', () => {
    fc.assert(
      fc.property(weightList, roll, (weights, value) => {
        const target = chooseTarget(rule(...weights), value);
        expect(target === undefined).toBe(weights.every((each) => each === 0));
        expect(target?.effective).not.toBe(0);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([0, ALMOST_ONE])('skips zeros at both ends for the roll %d', (value) => {
    expect(chosen(rule(0, 5, 0), value)).toBe('t1');
  });

  test('chooses nothing if all weights are 0', () => {
    expect([chosen(rule(0, 0), 0), chosen(rule(0), ALMOST_ONE), chosen(rule(), 0)]).toEqual(
      Array(3).fill(undefined),
    );
  });

  test('is exact at every border for sums far beyond 2^31', () => {
    const small = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    // With a power of two as the sum, every border is a roll that a double holds exactly.
    fc.assert(
      fc.property(fc.array(small, { minLength: 1, maxLength: 60 }), (weights) => {
        const total = 2 ** 40;
        const padded = [...weights, total - weights.reduce((sum, each) => sum + each, 0)];
        const wide = rule(...padded);
        let border = 0;
        padded.forEach((each, index) => {
          expect(chosen(wide, border / total)).toBe(`t${index}`);
          border += each;
          expect(chosen(wide, (border - 1) / total)).toBe(`t${index}`);
        });
      }),
    );
  });

  test('gives weight 1 its one roll beside weights that sum up beyond 2^31', () => {
    const wide = rule(2 ** 31 - 1, 1, 2 ** 31 - 1, 2 ** 31 - 1);
    expect(chosen(wide, (2 ** 31 - 0.5) / wide.totalWeight)).toBe('t1');
    expect(chosen(wide, (2 ** 31 - 1.5) / wide.totalWeight)).toBe('t0');
    expect(chosen(wide, (2 ** 31 + 0.5) / wide.totalWeight)).toBe('t2');
  });

  test('converges to the weights over many draws', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(weights, fc.integer(), (list, seed) => {
        const random = seededRandom(seed);
        const split = rule(0, ...list);
        const counts = new Map<string, number>();
        const draws = 5000;
        for (let n = 0; n < draws; n++) {
          const name = chosen(split, random());
          if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
        }
        const observed = list.map((_, index) => counts.get(`t${index + 1}`) ?? 0);
        const expected = list.map((each) => (draws * each) / split.totalWeight);
        expect(chiSquareP(observed, expected)).toBeGreaterThan(1e-7);
      }),
      { numRuns: 50, seed: 7 },
    );
  });

  test('follows the weight in force, not the wanted one', () => {
    const base = rule(10, 10);
    const [first, second] = base.targets;
    if (first === undefined || second === undefined) throw new Error('a target is missing');
    const drained = { ...base, targets: [{ ...first, effective: 0 }, second], totalWeight: 10 };
    expect([chosen(drained, 0), chosen(drained, ALMOST_ONE)]).toEqual(['t1', 't1']);
  });

  test('takes the forced target whatever its weight, and none if the rule lacks it', () => {
    const forced = (name: string) => chooseTarget(rule(1, 0), 0, targetName(name))?.name;
    expect([forced('t1'), forced('t0'), forced('t9')]).toEqual(['t1', 't0', undefined]);
  });
});
