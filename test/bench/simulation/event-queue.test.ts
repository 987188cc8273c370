import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEventQueue } from '../../../bench/simulation/event-queue.ts';

test('events come in the order of their times, and those of one time in the order in which they were added', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (times) => {
      const queue = createEventQueue<number>();
      for (const [order, atMs] of times.entries()) queue.add(atMs, order);
      const expected = times.map((atMs, event) => ({ atMs, event })).sort((a, b) => a.atMs - b.atMs);
      const found = times.map(() => queue.next()).map((each) => ({ atMs: each?.atMs, event: each?.event }));
      expect(found).toEqual(expected);
      expect(queue.next()).toBeUndefined();
    }),
  );
});

test('an event may be added while others are taken out', () => {
  const queue = createEventQueue<string>();
  queue.add(5, 'late');
  queue.add(1, 'early');
  expect(queue.next()).toMatchObject({ event: 'early' });
  queue.add(3, 'between');
  expect([queue.next()?.event, queue.next()?.event]).toEqual(['between', 'late']);
});
