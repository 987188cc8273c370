import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chiSquareP, chiSquareTail } from '../../src/demo/chi-square.ts';

test.each([
  [3.841458820694124, 1, 0.05],
  [10.827566170662733, 1, 0.001],
  [16.918977604620448, 9, 0.05],
  [33.71994843, 9, 0.0001],
  [2.0879007359707233, 9, 0.99],
  [124.34211340400407, 100, 0.05],
])('the tail above %d with %d degrees of freedom is %d', (x, degrees, p) => {
  expect(chiSquareTail(x, degrees)).toBeCloseTo(p, 8);
});

test('agrees with the closed forms for 2 and 4 degrees of freedom', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 200, noNaN: true }), (x) => {
      expect(chiSquareTail(x, 2)).toBeCloseTo(Math.exp(-x / 2), 10);
      expect(chiSquareTail(x, 4)).toBeCloseTo(Math.exp(-x / 2) * (1 + x / 2), 10);
    }),
  );
});

test('keeps its precision far out in the tail', () => {
  expect(chiSquareTail(200, 2) / Math.exp(-100)).toBeCloseTo(1, 10);
});

test('counts as expected have p 1, and a single category can only be right', () => {
  expect(chiSquareP([20, 30], [20, 30])).toBe(1);
  expect(chiSquareP([50], [50])).toBe(1);
});

test('Mendel’s peas: 315, 101, 108 and 32 fit 9:3:3:1', () => {
  const expected = [9, 3, 3, 1].map((part) => (part / 16) * 556);
  expect(chiSquareP([315, 101, 108, 32], expected)).toBeCloseTo(0.925426, 5);
});
