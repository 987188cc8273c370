import { describe, expect, test } from 'vitest';
import { targetShares } from '../../src/demo/split.ts';
import { describeVerdict, isAcceptable, judgeSplit, type Verdict } from '../../src/demo/verdict.ts';

/** A round in which the targets a, b, c … have these weights and served these requests. */
function round(weights: readonly number[], served: readonly number[]) {
  const names = 'abcdefghij'.split('');
  const wanted = weights.map((weight, i) => ({ target: names[i] ?? '', weight }));
  return targetShares(wanted, new Map(served.map((requests, i) => [names[i] ?? '', requests])));
}

const judge = (weights: readonly number[], served: readonly number[]): Verdict =>
  judgeSplit(round(weights, served));

describe('targetShares', () => {
  test('sets requests beside weights, with rows for silent and for unwanted targets', () => {
    const wanted = [
      { target: 'old', weight: 90 },
      { target: 'new', weight: 10 },
    ];
    const served = new Map([
      ['old', 30],
      ['stray', 10],
    ]);
    expect(targetShares(wanted, served)).toEqual([
      { target: 'old', weight: 90, wanted: 0.9, requests: 30, observed: 0.75 },
      { target: 'new', weight: 10, wanted: 0.1, requests: 0, observed: 0 },
      { target: 'stray', weight: 0, wanted: 0, requests: 10, observed: 0.25 },
    ]);
  });

  test('no weight and no request are shares of 0', () => {
    const row = { target: 'a', weight: 0, wanted: 0, requests: 0, observed: 0 };
    expect(targetShares([{ target: 'a', weight: 0 }], new Map())).toEqual([row]);
  });
});

describe('judgeSplit', () => {
  test('a split near the weights fits', () => {
    expect(judge([90, 10], [905, 95])).toMatchObject({ kind: 'fits' });
  });

  test('a uniform split of 90/10 weights differs', () => {
    expect(judge([90, 10], [500, 500])).toMatchObject({ kind: 'differs' });
  });

  test('the limit lies at p = 0.0001', () => {
    // With one degree of freedom that is a statistic of 15.14.
    expect(judge([50, 50], [561, 439])).toMatchObject({ kind: 'fits' });
    expect(judge([50, 50], [562, 438])).toMatchObject({ kind: 'differs' });
  });

  test('one request to a target with weight 0 fails, however few there are', () => {
    expect(judge([100, 0], [9, 1])).toEqual({ kind: 'drained_served', targets: ['b'] });
    expect(judge([100], [1000, 1])).toEqual({ kind: 'drained_served', targets: ['b'] });
  });

  test('below 50 requests there are too few', () => {
    expect(judge([90, 10], [0, 49])).toEqual({ kind: 'too_few', requests: 49 });
    expect(judge([90, 10], [0, 50])).toMatchObject({ kind: 'differs' });
  });

  test('targets expected less than 5 times are pooled', () => {
    // Apart, b and c with 6 for an expected 1 each would be far out; together they stand against 8.
    const weights = [92, 1, 1, 1, 1, 1, 1, 1, 1];
    expect(judge(weights, [90, 5, 5, 0, 0, 0, 0, 0, 0])).toEqual({
      kind: 'fits',
      p: expect.closeTo(0.4612, 3),
    });
  });

  test('a pool that is still too small takes in the next larger target', () => {
    expect(judge([2, 8, 90], [8, 2, 90])).toEqual({ kind: 'fits', p: 1 });
  });

  test('there are too few when nothing is left to compare', () => {
    expect(judge([99, 1], [60, 0])).toEqual({ kind: 'too_few', requests: 60 });
  });

  test('a single target fits', () => {
    expect(judge([100], [80])).toEqual({ kind: 'fits', p: 1 });
  });
});

test.each<[Verdict, boolean, string]>([
  [{ kind: 'fits', p: 0.43211 }, true, 'The split fits the weights (chi-square test, p = 0.4321).'],
  [
    { kind: 'differs', p: 0.000012345 },
    false,
    "The split is NOT the weights' split (chi-square test, p = 1.2e-5, below 0.0001).",
  ],
  [
    { kind: 'drained_served', targets: ['a', 'b'] },
    false,
    "The split is NOT the weights' split: a, b served requests with weight 0.",
  ],
  [
    { kind: 'too_few', requests: 12 },
    true,
    'Too few requests (12) to judge the split: --requests 50 or more.',
  ],
  [
    { kind: 'failures', failed: 3, first: 'status 503' },
    false,
    '3 requests FAILED, the first with: status 503',
  ],
])('$0.kind is acceptable: $1', (verdict, acceptable, sentence) => {
  expect([isAcceptable(verdict), describeVerdict(verdict)]).toEqual([acceptable, sentence]);
});
