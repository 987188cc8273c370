import { expect, test } from 'vitest';
import { createRateLimit } from '../../src/state/rate-limit.ts';

test('lets so many through at once, and then so many a second', () => {
  let nowMs = 0;
  const limit = createRateLimit(10, () => nowMs);
  const passing = (count: number) => Array.from({ length: count }, limit).filter(Boolean).length;
  expect(passing(100)).toBe(10);
  nowMs = 99;
  expect(passing(100)).toBe(0);
  nowMs = 250;
  expect(passing(100)).toBe(2);
  nowMs = 60_000;
  expect(passing(100)).toBe(10);
  // Over a minute of steady asking, sixty times the rate and what it began with.
  let passed = 0;
  for (; nowMs < 120_000; nowMs += 1) passed += passing(5);
  expect(passed).toBe(599);
});
