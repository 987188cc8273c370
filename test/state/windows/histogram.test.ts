import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BUCKETS, bucketOf, quantileMs, upperBoundMs } from '../../../src/state/windows/histogram.ts';

const histogramOf = (durations: readonly number[]) => {
  const counts = new Array<number>(BUCKETS).fill(0);
  for (const ms of durations) counts[bucketOf(ms)] = (counts[bucketOf(ms)] ?? 0) + 1;
  return counts;
};

test('a duration lies within the bounds of its bucket', () => {
  const ms = fc.double({ min: 1, max: upperBoundMs(BUCKETS - 1), noNaN: true });
  fc.assert(
    fc.property(ms, (each) => {
      const bucket = bucketOf(each);
      expect(upperBoundMs(bucket)).toBeGreaterThanOrEqual(each * (1 - 1e-9));
      expect(upperBoundMs(bucket - 1)).toBeLessThanOrEqual(each * (1 + 1e-9));
    }),
  );
});

test('what is too short or too long for a bucket of its own is in the first or the last', () => {
  expect([bucketOf(-1), bucketOf(0), bucketOf(0.5), bucketOf(1e12)]).toEqual([0, 0, 0, BUCKETS - 1]);
});

test('a quantile is at most a fifth off', () => {
  const durations = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(durations, fc.constantFrom(0.5, 0.95, 0.99, 1), (all, share) => {
      const sorted = all.toSorted((one, other) => one - other);
      const exact = sorted[Math.max(0, Math.ceil(share * all.length) - 1)] ?? 0;
      const told = quantileMs(histogramOf(all), share) ?? 0;
      expect(told / exact).toBeGreaterThan(0.8);
      expect(told / exact).toBeLessThan(1.2);
    }),
  );
});

test('nothing has no quantile', () => {
  expect(quantileMs(histogramOf([]), 0.5)).toBe(undefined);
});
