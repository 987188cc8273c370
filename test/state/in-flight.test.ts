import { expect, test } from 'vitest';
import { createInFlight } from '../../src/state/in-flight.ts';

test('requests count from their beginning to their end, each pod for itself', () => {
  const inFlight = createInFlight();
  const counts = () => ['a:1', 'b:1'].map(inFlight.at);
  expect(counts()).toEqual([0, 0]);
  for (const address of ['a:1', 'b:1', 'a:1']) inFlight.began(address);
  expect(counts()).toEqual([2, 1]);
  inFlight.ended('b:1');
  inFlight.ended('a:1');
  expect(counts()).toEqual([1, 0]);
  inFlight.ended('a:1');
  inFlight.ended('a:1');
  inFlight.began('a:1');
  expect(counts()).toEqual([1, 0]);
});
