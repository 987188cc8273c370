import { expect, test } from 'vitest';
import { createBackoff } from '../../../src/sources/kubernetes/backoff.ts';

function waits(random: number, ...atLeast: readonly (number | undefined)[]): readonly number[] {
  const backoff = createBackoff({ firstMs: 100, maxMs: 1000, random: () => random });
  return atLeast.map((ms) => backoff.next(ms));
}

test('each wait is twice the one before, up to the longest, and between half and all of it', () => {
  const none = [undefined, undefined, undefined, undefined, undefined, undefined];
  expect(waits(0, ...none)).toEqual([50, 100, 200, 400, 500, 500]);
  expect(waits(1, ...none)).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('a server is given the time that it asks for and a little more, but no more than a minute', () => {
  expect(waits(0, 2000, 10, 3_600_000)).toEqual([2000, 100, 60_000]);
  expect(waits(1, 2000)).toEqual([2200]);
});

test('a success begins anew', () => {
  const backoff = createBackoff({ firstMs: 100, maxMs: 1000, random: () => 1 });
  backoff.next();
  backoff.next();
  backoff.reset();
  expect(backoff.next()).toBe(100);
});
