import { expect, test } from 'vitest';
import { createDecisionRing } from '../../src/state/decision-ring.ts';
import { recordOf, rejectionOf } from './decisions.ts';

const startsOf = (ring: ReturnType<typeof createDecisionRing>) =>
  ring.read().records.map(({ startedAtMs }) => startedAtMs);

test('holds the newest, and no more than its capacity', () => {
  const ring = createDecisionRing({ capacity: 3, perSecond: 100, now: () => 0 });
  expect(ring.read()).toEqual({ records: [], seen: 0, kept: 0 });
  for (const startedAtMs of [1, 2]) ring.keep(recordOf({ startedAtMs }));
  expect(startsOf(ring)).toEqual([2, 1]);
  for (const startedAtMs of [3, 4, 5, 6, 7]) ring.keep(recordOf({ startedAtMs }));
  expect(startsOf(ring)).toEqual([7, 6, 5]);
  expect(ring.read()).toMatchObject({ seen: 7, kept: 7 });
});

test('samples so many a second, and keeps as many rejections that were not sampled', () => {
  let nowMs = 0;
  const ring = createDecisionRing({ capacity: 100, perSecond: 5, now: () => nowMs });
  expect(Array.from({ length: 50 }, ring.samples).filter(Boolean).length).toBe(5);
  for (let count = 0; count < 50; count += 1) ring.pass(recordOf());
  expect(ring.read()).toEqual({ records: [], seen: 50, kept: 0 });
  for (let count = 0; count < 50; count += 1) ring.pass(rejectionOf());
  expect(ring.read()).toMatchObject({ seen: 100, kept: 5 });
  nowMs = 1000;
  expect(ring.samples()).toBe(true);
});

test('without room nothing is sampled and nothing is kept', () => {
  const ring = createDecisionRing({ capacity: 0, perSecond: 5, now: () => 0 });
  expect(ring.samples()).toBe(false);
  ring.pass(rejectionOf());
  ring.keep(recordOf());
  expect(ring.read()).toEqual({ records: [], seen: 2, kept: 0 });
});

test('holds no more of a name than its beginning: clients may send megabytes', () => {
  const ring = createDecisionRing({ capacity: 2, perSecond: 5, now: () => 0 });
  const huge = 'x'.repeat(1 << 20);
  ring.keep(recordOf({}, { model: huge, target: huge }));
  ring.keep(recordOf({}, { model: huge, target: 'sql-lora' }));
  const cut = `${'x'.repeat(200)}…`;
  expect(ring.read().records.map(({ decided }) => [decided?.model, decided?.target])).toEqual([
    [cut, 'sql-lora'],
    [cut, cut],
  ]);
});
