import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetName } from '../../src/core/names.ts';
import { isFull, scoreParts, scorePod } from '../../src/core/score.ts';
import type { PodLoad } from './pods.ts';
import { loadView, OPTIONS } from './pods.ts';

const TARGET = targetName('sql-lora');

function score(pod: PodLoad, target: typeof TARGET | undefined = TARGET): number {
  return scorePod(0, { target, load: loadView(pod) });
}

/** The pods by their index, the best score first. */
function order(...pods: readonly PodLoad[]): readonly number[] {
  const scores = pods.map((pod) => score(pod));
  return scores.map((_, slot) => slot).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
}

function full(pod: PodLoad): boolean {
  return isFull(0, loadView(pod), OPTIONS);
}

const HOLDER: PodLoad = { maxLoras: 2, adapters: ['sql-lora'] };
const BUSY_HOLDER: PodLoad = { maxLoras: 2, inFlight: ['sql-lora', 'a'] };
const COLD: PodLoad = { maxLoras: 2, adapters: ['b', 'c'] };
const PROMPT = { hashes: [1, 2, 3] };

describe('the score of a pod', () => {
  test('is the sum of its parts', () => {
    const names = ['sql-lora', 'a', 'b', 'c'];
    const pod: fc.Arbitrary<PodLoad> = fc.record({
      waiting: fc.nat(50),
      running: fc.nat(50),
      kvUsage: fc.double({ min: 0, max: 1, noNaN: true }),
      batch: fc.nat(20),
      sent: fc.nat(9),
      sentPrompts: fc.double({ min: 0, max: 50, noNaN: true }),
      maxLoras: fc.nat(3),
      adapters: fc.subarray(names),
      inFlight: fc.subarray(names),
      cached: fc.subarray(names),
      freshness: fc.constantFrom('fresh', 'stale'),
      bases: fc.subarray(names),
      models: fc.constant(names),
      prefixBytes: fc.nat(32768),
    });
    fc.assert(
      fc.property(pod, pod, (each, other) => {
        const input = { target: TARGET, prompt: PROMPT, load: loadView(each, other) };
        const parts = Object.values(scoreParts(0, input));
        expect(scorePod(0, input)).toBeCloseTo(
          parts.reduce((total, part) => total + part, 0),
          9,
        );
        // A pick leaves out what its load alone makes worse than the best.
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('counts in running requests: one that waits is four, a prompt on its way six, a full KV cache eight', () => {
    expect(score({ running: 3 })).toBe(3);
    expect(score({ waiting: 2 })).toBe(8);
    expect(score({ sent: 1, sentPrompts: 2.5 })).toBe(15);
    expect(score({ kvUsage: 0.5 })).toBe(4);
  });

  test('adds twelve for each request that the batch does not take, this one and those on their way included', () => {
    const parts = (pod: PodLoad) => scoreParts(0, { target: TARGET, load: loadView(pod) }).batch;
    expect(parts({ batch: 8, running: 7 })).toBe(0);
    expect(parts({ batch: 8, running: 8 })).toBe(12);
    expect(parts({ batch: 8, running: 7, sent: 2 })).toBe(24);
    expect(parts({ batch: 0, running: 500 })).toBe(0);
  });

  test('adds what it costs to bring the adapter: nothing from a slot, ten from memory, forty from disk', () => {
    expect(score(HOLDER)).toBe(0);
    expect(score({ maxLoras: 2, cached: ['sql-lora'] })).toBe(10);
    expect(score(COLD)).toBe(40);
  });

  test('adds no more for a load from disk than for one from memory as long as a slot holds nothing', () => {
    expect(score({ maxLoras: 2 })).toBe(10);
    expect(score({ maxLoras: 2, adapters: ['a'] })).toBe(10);
    expect(score({ maxLoras: 2, adapters: ['a', 'b'] })).toBe(40);
  });

  test('adds twelve for each usual prompt that another pod has been sent more of, and none if no pod has any', () => {
    const load = loadView({ prefixBytes: 1024 }, { prefixBytes: 256 }, {});
    const prefixes = [0, 1, 2].map((slot) => scorePod(slot, { target: undefined, prompt: PROMPT, load }));
    expect(prefixes).toEqual([0, 7.68, 10.24]);
    expect([0, 1, 2].map((slot) => scorePod(slot, { target: undefined, load }))).toEqual([0, 0, 0]);
    expect(scorePod(0, { target: TARGET, prompt: PROMPT, load: loadView({}, {}) })).toBe(0);
  });

  test('adds forty where all slots have adapters in flight, unless the wanted one is among them', () => {
    expect(score({ maxLoras: 2, inFlight: ['a', 'b'] })).toBe(80);
    expect(score({ maxLoras: 2, cached: ['sql-lora'], inFlight: ['a', 'b'] })).toBe(50);
    expect(score(BUSY_HOLDER)).toBe(0);
    // It is remembered in a slot, but the others have all of them.
    expect(score({ ...HOLDER, inFlight: ['a', 'b'] })).toBe(50);
  });

  test('prefers a pod that holds the adapter to an idle one that does not, until it is much busier', () => {
    expect(order(COLD, { ...HOLDER, running: 39 })).toEqual([1, 0]);
    expect(order(COLD, { ...HOLDER, running: 41 })).toEqual([0, 1]);
  });

  test('does not bury the pods that hold the adapter when all have a queue', () => {
    expect(order({ ...COLD, waiting: 7 }, { ...HOLDER, waiting: 16 })).toEqual([1, 0]);
  });

  test('does not mind adapters where the target is a base model, or none is wanted', () => {
    expect(score({ ...COLD, bases: ['sql-lora'], models: ['a'] })).toBe(0);
    expect(scorePod(0, { target: undefined, load: loadView({ ...COLD, inFlight: ['a', 'b'] }) })).toBe(0);
  });

  test.each<[string, PodLoad]>([
    ['has not told its slots', { adapters: ['a', 'b', 'c'] }],
    ['was never scraped', { freshness: 'unknown' }],
  ])('takes a pod that %s to hold the adapter', (_, pod) => {
    expect(score(pod)).toBe(0);
  });

  test('has a pod with stale figures wait until all others are swamped', () => {
    expect(order({ freshness: 'stale' }, { ...COLD, running: 300 })).toEqual([1, 0]);
    expect(order({ freshness: 'stale' }, { waiting: 101 })).toEqual([0, 1]);
  });

  test('takes a pod without any figures for an idle one', () => {
    expect(scorePod(3, { target: TARGET, load: loadView() })).toBe(0);
  });

  test('knows each pod by its own list of models', () => {
    const pods = [{ models: ['sql-lora'] }, { bases: ['sql-lora'], models: [] }, { models: ['sql-lora'] }];
    const load = loadView(...pods.map((pod) => ({ ...COLD, ...pod })));
    expect(pods.map((_, slot) => scorePod(slot, { target: TARGET, load }))).toEqual([40, 0, 40]);
  });
});

describe('isFull', () => {
  test.each<[PodLoad, boolean]>([
    [{ waiting: 5 }, false],
    [{ waiting: 6 }, true],
    [{ waiting: 1, sent: 4 }, false],
    [{ waiting: 1, sent: 5 }, true],
    [{ kvUsage: 0.8 }, false],
    [{ kvUsage: 0.81 }, true],
    [{ running: 1000, sent: 1000 }, false],
  ])('of %j is %s', (pod, expected) => {
    expect(full(pod)).toBe(expected);
  });
});
