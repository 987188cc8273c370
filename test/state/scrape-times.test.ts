import { expect, test } from 'vitest';
import { createScrapeTimes } from '../../src/state/scrape-times.ts';

test('an endpoint is as old as its last scrape, and unknown before the first and after its slot was given up', () => {
  const clock = { ms: 1_000 };
  const times = createScrapeTimes(() => clock.ms);
  expect(times.ageMs(0)).toBe(undefined);
  times.scraped(0);
  clock.ms += 70;
  expect([times.ageMs(0), times.ageMs(1)]).toEqual([70, undefined]);
  times.scraped(0);
  expect(times.ageMs(0)).toBe(0);
  times.reset(0);
  expect(times.ageMs(0)).toBe(undefined);
});
