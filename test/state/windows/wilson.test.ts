import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateShare, isOff } from '../../../src/state/windows/wilson.ts';

test('the bounds are those of the score interval', () => {
  // The worked example of Newcombe (1998), Statistics in Medicine 17: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const rounded = (hits: number, total: number) => {
    const { low, high } = estimateShare(hits, total) ?? { low: -1, high: -1 };
    return [low.toFixed(4), high.toFixed(4)];
  };
  expect(rounded(81, 263)).toEqual(['0.2553', '0.3662']);
  expect(rounded(15, 148)).toEqual(['0.0624', '0.1605']);
  expect(rounded(0, 20)).toEqual(['0.0000', '0.1611']);
  expect(rounded(1, 29)).toEqual(['0.0061', '0.1718']);
});

test('a share lies within its bounds, and those within 0 and 1', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), (hits, misses) => {
      fc.pre(hits + misses > 0);
      const { share, low, high } = estimateShare(hits, hits + misses) ?? { share: -1, low: 0, high: 0 };
      expect(0 <= low && low <= share + 1e-12 && share <= high + 1e-12 && high <= 1).toBe(true);
    }),
  );
});

test('without a request there is no share', () => {
  expect(estimateShare(0, 0)).toBe(undefined);
});

test('a share is off where chance would hardly take it, and never with few requests', () => {
  expect([isOff(60, 100, 0.5), isOff(70, 100, 0.5), isOff(30, 100, 0.5)]).toEqual([false, true, true]);
  expect([isOff(0, 0, 0.5), isOff(19, 19, 0.1), isOff(20, 20, 0.1)]).toEqual([false, false, true]);
});
