import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetName } from '../../src/core/names.ts';
import { isFull, scorePod } from '../../src/core/score.ts';
import type { PodLoad } from './pods.ts';
import { loadView, OPTIONS } from './pods.ts';

const TARGET = targetName('sql-lora');

/** The pods by their index, the best score first. */
function order(...pods: readonly PodLoad[]): readonly number[] {
  const load = loadView(...pods);
  const scores = pods.map((_, slot) => scorePod(slot, { target: TARGET, load, options: OPTIONS }));
  return scores.map((_, slot) => slot).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
}

function equal(a: PodLoad, b: PodLoad): boolean {
  const input = { target: TARGET, load: loadView(a, b), options: OPTIONS };
  return scorePod(0, input) === scorePod(1, input);
}

function full(pod: PodLoad): boolean {
  return isFull(scorePod(0, { target: TARGET, load: loadView(pod), options: OPTIONS }));
}

const HOLDER: PodLoad = { maxLoras: 1, adapters: ['sql-lora'] };
const ROOM: PodLoad = { maxLoras: 2, adapters: ['other'] };
const TAKEN: PodLoad = { maxLoras: 1, adapters: ['other'] };

describe('scorePod', () => {
  test('prefers a pod that holds the adapter, or has a free slot for it, to an idle one that has to evict', () => {
    expect(order(TAKEN, { ...HOLDER, running: 9 })).toEqual([1, 0]);
    expect(order(TAKEN, { ...ROOM, running: 9 })).toEqual([1, 0]);
    expect(order({ ...HOLDER, running: 2 }, { ...ROOM, running: 1 })).toEqual([1, 0]);
  });

  test('does not mind adapters where the target is a base model, or none is wanted', () => {
    const base = { ...TAKEN, models: ['other'], bases: ['sql-lora'] };
    expect(equal(base, HOLDER)).toBe(true);
    const input = { target: undefined, load: loadView(TAKEN, HOLDER), options: OPTIONS };
    expect(scorePod(0, input)).toBe(scorePod(1, input));
  });

  test.each<[string, PodLoad]>([
    ['has no adapter yet', { maxLoras: 1 }],
    ['has not told its slots', { adapters: ['a', 'b', 'c'] }],
    ['was never scraped', { freshness: 'unknown' }],
  ])('takes a pod that %s to have a free slot', (_, pod) => {
    expect(equal(pod, HOLDER)).toBe(true);
  });

  test('lets another pod evict once the holder is full', () => {
    expect(order({ ...HOLDER, waiting: 5 }, TAKEN)).toEqual([0, 1]);
    expect(order({ ...HOLDER, waiting: 6 }, TAKEN)).toEqual([1, 0]);
    expect(order({ ...HOLDER, kvUsage: 0.81 }, TAKEN)).toEqual([1, 0]);
  });

  test('goes by load alone among full pods, so that the holder is not buried', () => {
    expect(order({ ...HOLDER, waiting: 50 }, { ...TAKEN, waiting: 7 })).toEqual([1, 0]);
  });

  test('counts what was sent since the last scrape', () => {
    expect(order({ running: 3, sent: 2 }, { running: 4 })).toEqual([1, 0]);
    expect(equal({ running: 3, sent: 2 }, { running: 5 })).toBe(true);
  });

  test('counts what was sent as waiting where others wait', () => {
    expect(equal({ waiting: 1, sent: 2 }, { waiting: 3 })).toBe(true);
    expect([full({ waiting: 1, sent: 5 }), full({ sent: 500 })]).toEqual([true, false]);
  });

  test('weighs a waiting request and a full KV cache like four running ones', () => {
    expect(equal({ waiting: 1 }, { running: 4 })).toBe(true);
    expect(equal({ kvUsage: 0.5 }, { running: 2 })).toBe(true);
  });

  test('has a pod with stale figures wait until no other is ready, without burying the last fresh one', () => {
    expect(order({ freshness: 'stale' }, { running: 100 })).toEqual([1, 0]);
    expect(order({ freshness: 'stale' }, { waiting: 6 })).toEqual([0, 1]);
  });

  test('takes a pod without any figures for an idle one', () => {
    const input = { target: TARGET, load: loadView(), options: OPTIONS };
    expect(scorePod(3, input)).toBe(0);
  });

  test('never lets a load outweigh a tier', () => {
    const count = fc.integer({ min: 0, max: 1_000_000 });
    fc.assert(
      fc.property(count, count, (running, sent) => {
        expect(order(TAKEN, { ...HOLDER, running, sent })).toEqual([1, 0]);
        expect(full({ running, sent })).toBe(false);
      }),
    );
  });
});

describe('isFull', () => {
  test.each<[PodLoad, boolean]>([
    [{ waiting: 5 }, false],
    [{ waiting: 6 }, true],
    [{ kvUsage: 0.8 }, false],
    [{ kvUsage: 0.81 }, true],
    [{ running: 1000, sent: 1000 }, false],
  ])('of %j is %s', (pod, expected) => {
    expect(full(pod)).toBe(expected);
  });
});
