import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { Explanation } from '../../src/core/explanation.ts';
import { targetName } from '../../src/core/names.ts';
import { createDecisionRing, type DecisionRing } from '../../src/state/decision-ring.ts';
import { meta } from '../core/objects.ts';
import { recordOf, rejectionOf } from './decisions.ts';

const read = (ring: DecisionRing) => ({ ...ring.read(), records: [...ring.read().records] });
const startsOf = (ring: DecisionRing) => read(ring).records.map(({ startedAtMs }) => startedAtMs);

test('holds the newest, and no more than its capacity', () => {
  const ring = createDecisionRing({ capacity: 3, perSecond: 100, now: () => 0 });
  expect(read(ring)).toEqual({ records: [], seen: 0, kept: 0 });
  for (const startedAtMs of [1, 2]) ring.keep(recordOf({ startedAtMs }));
  expect(startsOf(ring)).toEqual([2, 1]);
  for (const startedAtMs of [3, 4, 5, 6, 7]) ring.keep(recordOf({ startedAtMs }));
  expect(startsOf(ring)).toEqual([7, 6, 5]);
  expect(read(ring)).toMatchObject({ seen: 7, kept: 7 });
});

test('samples so many a second, and keeps as many rejections that were not sampled', () => {
  let nowMs = 0;
  const ring = createDecisionRing({ capacity: 100, perSecond: 5, now: () => nowMs });
  expect(Array.from({ length: 50 }, ring.samples).filter(Boolean).length).toBe(5);
  for (let count = 0; count < 50; count += 1) ring.pass(recordOf());
  expect(read(ring)).toEqual({ records: [], seen: 50, kept: 0 });
  for (let count = 0; count < 50; count += 1) ring.pass(rejectionOf());
  expect(read(ring)).toMatchObject({ seen: 100, kept: 5 });
  nowMs = 1000;
  expect(ring.samples()).toBe(true);
});

test('without room nothing is sampled and nothing is kept', () => {
  const ring = createDecisionRing({ capacity: 0, perSecond: 5, now: () => 0 });
  expect(ring.samples()).toBe(false);
  ring.pass(rejectionOf());
  ring.keep(recordOf());
  expect(read(ring)).toEqual({ records: [], seen: 2, kept: 0 });
});

test('holds no more of a name than its beginning: clients may send megabytes', () => {
  const ring = createDecisionRing({ capacity: 2, perSecond: 5, now: () => 0 });
  const huge = 'x'.repeat(1 << 20);
  ring.keep(recordOf({}, { model: huge, target: huge }));
  ring.keep(recordOf({}, { model: huge, target: 'sql-lora' }));
  const cut = `${'x'.repeat(200)}…`;
  expect(read(ring).records.map(({ decided }) => [decided?.model, decided?.target])).toEqual([
    [cut, 'sql-lora'],
    [cut, cut],
  ]);
});

const TARGET = {
  ...{ wanted: 1, effective: 1, reason: undefined },
  role: 'stable',
  group: 'stable',
} as const;

/** A decision among so many targets, whose last one was chosen, in a pool of many pods. */
function explained(targets: number) {
  const name = (at: number) => targetName(`lora-${at}`);
  const rule = {
    ...{ kind: 'weighted' as const, object: meta('InferenceModel', 'm'), criticality: 'Standard' as const },
    targets: Array.from({ length: targets }, (_, at) => ({ ...TARGET, name: name(at) })),
  };
  const pod = { admitted: true as const, total: 1.25, full: false, scores: { running: 1, waiting: 0.25 } };
  const dead = {
    endpoint: '10.0.1.1:8000',
    name: 'pod-dead',
    admitted: false as const,
    because: 'dead' as const,
  };
  const candidates = Array.from({ length: 10 }, (_, at) => ({
    endpoint: `10.0.0.${at}:8000`,
    name: `pod-${at}`,
    ...pod,
  }));
  const pick = { target: name(targets - 1), sheddable: false, candidates: [...candidates, dead], left: 90 };
  const explanation: Explanation = {
    ...{ model: 'lora-request', pool: 'default/pool', rule, roll: { value: 0.5, by: 'chance' } },
    pick,
  };
  return recordOf({ explanation }, { target: name(targets - 1) });
}

test('gives a decision back as it was', () => {
  const ring = createDecisionRing({ capacity: 2, perSecond: 5, now: () => 0 });
  const record = explained(3);
  ring.keep(record);
  expect(read(ring).records).toEqual([record]);
});

test('keeps twenty targets of a rule, the chosen one among them', () => {
  const ring = createDecisionRing({ capacity: 2, perSecond: 5, now: () => 0 });
  ring.keep(explained(25));
  const [kept] = read(ring).records;
  const rule = kept?.explanation?.rule;
  if (rule?.kind !== 'weighted') throw new Error('no rule');
  expect([rule.targets.length, rule.targets.at(-1)?.name, rule.left]).toEqual([20, 'lora-24', 5]);
});

test('holds as many decisions of a usual size as it promises', () => {
  const ring = createDecisionRing({ capacity: 50, perSecond: 5, now: () => 0 });
  for (let kept = 0; kept < 60; kept += 1) ring.keep(explained(10));
  expect(read(ring).records).toHaveLength(50);
});

test('keeps no object of a decision alive, such as those of a snapshot that is gone', async () => {
  const ring = createDecisionRing({ capacity: 5, perSecond: 5, now: () => 0 });
  function keepOne() {
    const record = explained(3);
    ring.keep(record);
    return new WeakRef(record.explanation?.rule ?? record);
  }
  const rule = keepOne();
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  // What a WeakRef was made of stays until the turn ends.
  await new Promise(setImmediate);
  collect();
  expect([rule.deref(), read(ring).records.length]).toEqual([undefined, 1]);
});
