import { expect, test } from 'vitest';
import type { Condition, Observed } from '../../../../src/sources/kubernetes/observed.ts';
import { wantedConditions } from '../../../../src/sources/kubernetes/status/conditions.ts';
import type { Verdict } from '../../../../src/sources/kubernetes/status/verdict.ts';

const ACCEPTED: Verdict = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'yes' };
const IN_USE: Verdict = { type: 'ModelNameInUse', status: 'False', reason: 'NoConflict', message: 'no' };
const BEFORE = '2026-01-01T00:00:00Z';
const NOW = '2026-01-31T12:00:00Z';

function observed(generation: number | undefined, conditions: readonly Condition[]): Observed {
  return {
    ...{ apiVersion: 'g/v1', kind: 'K', namespace: 'default', name: 'm', uid: 'u', resourceVersion: '1' },
    generation,
    conditions,
  };
}

const written = (verdict: Verdict, observedGeneration: number): Condition => ({
  ...verdict,
  observedGeneration,
  lastTransitionTime: BEFORE,
});

test('an object without conditions gets them all, with the generation that they are about', () => {
  expect(wantedConditions(observed(3, []), [ACCEPTED, IN_USE], NOW)).toEqual([
    { ...ACCEPTED, observedGeneration: 3, lastTransitionTime: NOW },
    { ...IN_USE, observedGeneration: 3, lastTransitionTime: NOW },
  ]);
});

test('what is there already is not wanted again, and those of others are nobody’s business', () => {
  const theirs = { ...written(ACCEPTED, 1), type: 'Ready' };
  const there = [theirs, written(IN_USE, 2), written(ACCEPTED, 2)];
  expect(wantedConditions(observed(2, there), [ACCEPTED, IN_USE], NOW)).toBe(undefined);
  expect(wantedConditions(observed(2, [theirs, written(IN_USE, 2)]), [ACCEPTED, IN_USE], NOW)).toHaveLength(
    2,
  );
});

test('a new generation, reason or message is wanted, and the time tells only of a new status', () => {
  const there = observed(2, [written(ACCEPTED, 1)]);
  expect(wantedConditions(there, [ACCEPTED], NOW)).toEqual([
    { ...ACCEPTED, observedGeneration: 2, lastTransitionTime: BEFORE },
  ]);
  const other = { ...ACCEPTED, message: 'indeed', reason: 'Indeed' };
  expect(wantedConditions(observed(1, [written(ACCEPTED, 1)]), [other], NOW)).toEqual([
    { ...other, observedGeneration: 1, lastTransitionTime: BEFORE },
  ]);
  const no: Verdict = { ...ACCEPTED, status: 'False' };
  expect(wantedConditions(observed(1, [written(ACCEPTED, 1)]), [no], NOW)).toEqual([
    { ...no, observedGeneration: 1, lastTransitionTime: NOW },
  ]);
});

test('a message is cut before it is longer than anybody reads, and is then there all the same', () => {
  const long = { ...ACCEPTED, message: 'x'.repeat(5_000) };
  const [first] = wantedConditions(observed(1, []), [long], NOW) ?? [];
  expect(first?.message).toHaveLength(1024);
  expect(wantedConditions(observed(1, first === undefined ? [] : [first]), [long], NOW)).toBe(undefined);
});
