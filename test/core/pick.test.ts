import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetName } from '../../src/core/names.ts';
import type { PickInput } from '../../src/core/pick.ts';
import { pick } from '../../src/core/pick.ts';
import { isFull, scorePod } from '../../src/core/score.ts';
import { chiSquareP } from '../../src/demo/chi-square.ts';
import type { PodLoad } from './pods.ts';
import { endpoint, loadView, OPTIONS, poolOf } from './pods.ts';
import { noRandom, seededRandom } from './seeded-random.ts';

const TARGET = targetName('sql-lora');

function input(pods: readonly PodLoad[], changes: Partial<PickInput> = {}): PickInput {
  return {
    pool: poolOf(pods.length),
    target: TARGET,
    subset: undefined,
    sheddable: false,
    load: loadView(...pods),
    random: seededRandom(1),
    options: OPTIONS,
    ...changes,
  };
}

function picked(slot: number, ...fallbacks: readonly number[]) {
  return { kind: 'picked', endpoint: endpoint(slot), fallbacks: fallbacks.map(endpoint) };
}

function noEndpoint(message: string) {
  return { kind: 'reject', reason: 'no_endpoint', message };
}

/** How often each slot is picked. */
function counts(of: PickInput, times: number): readonly number[] {
  const tally: number[] = of.pool.endpoints.map(() => 0);
  for (let n = 0; n < times; n++) {
    const outcome = pick(of);
    if (outcome.kind === 'picked') tally[outcome.endpoint.slot] = (tally[outcome.endpoint.slot] ?? 0) + 1;
  }
  return tally;
}

const podLoad: fc.Arbitrary<PodLoad> = fc.record({
  waiting: fc.integer({ min: 0, max: 12 }),
  running: fc.integer({ min: 0, max: 12 }),
  sent: fc.integer({ min: 0, max: 12 }),
  kvUsage: fc.double({ min: 0, max: 1, noNaN: true }),
  maxLoras: fc.integer({ min: 0, max: 2 }),
  batch: fc.integer({ min: 0, max: 8 }),
  inFlight: fc.subarray(['sql-lora', 'a', 'b']),
  cached: fc.subarray(['sql-lora', 'c']),
  adapters: fc.subarray(['sql-lora', 'a', 'b']),
  models: fc.option(fc.subarray(['sql-lora', 'a']), { nil: undefined }),
  freshness: fc.constantFrom('unknown', 'fresh', 'stale', 'dead'),
  prefixBytes: fc.constantFrom(0, 0, 256, 1024),
});
const podLoads = fc.array(podLoad, { minLength: 1, maxLength: 8 });

const slotOf = ({ slot }: { readonly slot: number }) => slot;

/** The pods that are alive and not known to lack the target, the best score first. */
function ableScores(pods: readonly PodLoad[], given: PickInput) {
  return pods
    .map(({ freshness, models }, slot) => ({ freshness, models, slot, score: scorePod(slot, given) }))
    .filter(({ freshness, models }) => freshness !== 'dead' && models?.includes('sql-lora') !== false)
    .sort((a, b) => a.score - b.score);
}

describe('pick', () => {
  test('takes the pod with the least load and asks for no random number', () => {
    const pods = [{ running: 3 }, { running: 1 }, { running: 2 }];
    expect(pick(input(pods, { random: noRandom }))).toEqual(picked(1));
  });

  test('never picks a dead pod or one that lacks the target, and never one with a worse score', () => {
    fc.assert(
      fc.property(podLoads, fc.integer(), (pods, seed) => {
        const fallbackEndpoints = seed & 3;
        const options = { ...OPTIONS, fallbackEndpoints };
        const prompt = (seed & 4) === 0 ? undefined : { hashes: [1, 2, 3, 4, 5] };
        const given = input(pods, { random: seededRandom(seed), options, prompt });
        const ranks = ableScores(pods, given).map(({ score }) => score);
        const outcome = pick(given);
        const slots = outcome.kind === 'reject' ? [] : [outcome.endpoint, ...outcome.fallbacks].map(slotOf);
        expect(new Set(slots).size).toBe(slots.length);
        expect(ableScores(pods, given).map(slotOf)).toEqual(expect.arrayContaining(slots));
        expect(slots.map((slot) => scorePod(slot, given))).toEqual(ranks.slice(0, fallbackEndpoints + 1));
      }),
      { numRuns: 2000 },
    );
  });

  test('sheds exactly when a pod is able and all that are able are full', () => {
    fc.assert(
      fc.property(podLoads, fc.boolean(), (pods, sheddable) => {
        const given = input(pods, { sheddable });
        const able = ableScores(pods, given);
        const outcome = pick(given);
        const reason = outcome.kind === 'reject' ? outcome.reason : undefined;
        expect(reason === 'no_endpoint').toBe(able.length === 0);
        expect(reason === 'overloaded').toBe(
          sheddable && able.length > 0 && able.every(({ slot }) => isFull(slot, given.load, OPTIONS)),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('draws evenly between pods that score alike', () => {
    const pods = [{ running: 1 }, {}, { running: 1 }, {}, {}, {}];
    const tally = counts(input(pods), 20_000);
    expect([tally[0], tally[2]]).toEqual([0, 0]);
    const tied = [tally[1], tally[3], tally[4], tally[5]].map((each) => each ?? 0);
    expect(chiSquareP(tied, Array(4).fill(5000))).toBeGreaterThan(0.001);
  });

  test('draws evenly between pods that have been sent as much of a prompt, and takes no other', () => {
    const pods = [{}, { prefixBytes: 512 }, { prefixBytes: 256 }, { prefixBytes: 512 }, {}];
    const prompt = { hashes: [1, 2, 3] };
    const [none, first, little, second, last] = counts(input(pods, { prompt }), 10_000);
    expect([none, little, last]).toEqual([0, 0, 0]);
    expect(chiSquareP([first ?? 0, second ?? 0], [5000, 5000])).toBeGreaterThan(0.001);
  });

  test('draws the fallbacks evenly too', () => {
    const of = input([{}, {}, {}, {}], { options: { ...OPTIONS, fallbackEndpoints: 1 } });
    const seen = new Map<string, number>();
    for (let n = 0; n < 12_000; n++) {
      const outcome = pick(of);
      if (outcome.kind === 'reject') throw new Error(outcome.message);
      const pair = `${outcome.endpoint.slot}>${outcome.fallbacks.map(({ slot }) => slot)}`;
      seen.set(pair, (seen.get(pair) ?? 0) + 1);
    }
    expect(seen.size).toBe(12);
    expect(chiSquareP([...seen.values()], Array(12).fill(1000))).toBeGreaterThan(0.001);
  });

  test('spreads a burst over the pods, as each request counts from when it was sent', () => {
    const sent = [0, 0, 0, 0];
    const of = input([{}, {}, {}, {}]);
    for (let n = 0; n < 38; n++) {
      // What runs on the first one delays a first token as much as two usual prompts.
      const load = loadView(...sent.map((count, slot) => ({ sent: count, running: slot === 0 ? 12 : 0 })));
      const outcome = pick({ ...of, load });
      if (outcome.kind === 'picked') sent[outcome.endpoint.slot] = (sent[outcome.endpoint.slot] ?? 0) + 1;
    }
    expect(sent).toEqual([8, 10, 10, 10]);
  });

  test('prefers pods that hold the adapter over idle ones, until waiting there takes longer than to load it', () => {
    const taken = { maxLoras: 1, adapters: ['other'] };
    const holder = { maxLoras: 1, adapters: ['sql-lora'] };
    expect(pick(input([taken, { ...holder, waiting: 9 }]))).toEqual(picked(1));
    expect(pick(input([taken, { ...holder, waiting: 11 }]))).toEqual(picked(0));
  });

  test('names further pods that serve the target, best first', () => {
    const pods = [
      { running: 3, models: ['sql-lora'] },
      { running: 1, models: ['sql-lora'] },
      { models: ['other'] },
      { freshness: 'dead' as const },
      { running: 2 },
    ];
    const some = (fallbackEndpoints: number) =>
      pick(input(pods, { options: { ...OPTIONS, fallbackEndpoints } }));
    expect(some(0)).toEqual(picked(1));
    expect(some(1)).toEqual(picked(1, 4));
    expect(some(9)).toEqual(picked(1, 4, 0));
  });

  describe('when every pod is full', () => {
    const queue = { waiting: 6 };
    const kv = { kvUsage: 0.81 };

    test('refuses sheddable requests', () => {
      expect(pick(input([queue, kv], { sheddable: true }))).toEqual({
        kind: 'reject',
        reason: 'overloaded',
        message: 'every pod is busy, and this request is served only while one is not',
      });
    });

    test('takes the others to the least loaded pod', () => {
      expect(pick(input([{ waiting: 9 }, queue]))).toEqual(picked(1));
    });

    test('does not count pods that cannot serve the target', () => {
      const pods = [queue, { models: ['other'] }, { freshness: 'dead' as const }];
      expect(pick(input(pods, { sheddable: true }))).toMatchObject({ reason: 'overloaded' });
    });
  });

  test('takes sheddable requests while one pod is not full', () => {
    expect(pick(input([{ waiting: 6 }, { waiting: 5 }], { sheddable: true }))).toEqual(picked(1));
    expect(pick(input([{ waiting: 6 }, { waiting: 5, running: 50 }], { sheddable: true }))).toEqual(
      picked(0),
    );
  });

  test('follows the thresholds that it is given', () => {
    const options = { ...OPTIONS, queueThreshold: 1, kvThreshold: 0.5 };
    const shed = (pod: PodLoad) => pick(input([pod], { sheddable: true, options })).kind;
    expect([shed({ waiting: 1, kvUsage: 0.5 }), shed({ waiting: 2 }), shed({ kvUsage: 0.6 })]).toEqual([
      'picked',
      'reject',
      'reject',
    ]);
  });

  test('says why no pod can be picked', () => {
    const dead = { freshness: 'dead' as const };
    const lacks = { models: ['other'] };
    expect(pick(input([]))).toEqual(noEndpoint('the pool default/pool has no pods'));
    expect(pick(input([dead], { target: undefined }))).toEqual(
      noEndpoint('no pod of the pool default/pool is ready'),
    );
    expect(pick(input([dead, lacks]))).toEqual(
      noEndpoint('no pod of the pool default/pool is ready and serves "sql-lora"'),
    );
    expect(pick(input([{}], { subset: [] }))).toEqual(
      noEndpoint('no pod of the subset that the proxy gave is ready and serves "sql-lora"'),
    );
  });
});
