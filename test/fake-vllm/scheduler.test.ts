import { expect, test } from 'vitest';
import { DEFAULTS } from '../../src/fake-vllm/options.ts';
import { createScheduler, type Place } from '../../src/fake-vllm/scheduler.ts';

const NEVER = new AbortController().signal;

function createLab(maxNumSeqs: number, maxLoras: number) {
  const scheduler = createScheduler(
    { ...DEFAULTS, maxNumSeqs, maxLoras, kvBlocks: 10 },
    (model) => model !== 'base',
  );
  const places = new Map<string, Place>();
  /** Enters under a name, which ends with its model. */
  async function enter(name: string, signal = NEVER): Promise<void> {
    const model = name.split(' ').at(-1) ?? '';
    places.set(name, await scheduler.enter({ model, tokens: 17 }, signal));
  }
  /** All requests that may run are in their places once the microtasks have run. */
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { scheduler, places, enter, settled };
}

test('runs as many as there are places, and the others in order of arrival', async () => {
  const { scheduler, places, enter, settled } = createLab(2, 9);
  const all = ['1 a', '2 b', '3 a', '4 b'].map((name) => enter(name));
  await settled();
  expect([scheduler.running(), scheduler.waiting()]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  expect(scheduler.isFull()).toBe(true);
  places.get('2 b')?.leave();
  await settled();
  expect([...places.keys()]).toEqual(['1 a', '2 b', '3 a']);
  places.get('1 a')?.leave();
  await Promise.all(all);
  expect(scheduler.waiting()).toEqual([]);
});

test('an adapter without a slot waits, and holds up neither the base model nor those that have one', async () => {
  const { scheduler, places, enter, settled } = createLab(9, 1);
  const all = ['1 a', '2 b', '3 base', '4 a'].map((name) => enter(name));
  await settled();
  expect([scheduler.running(), scheduler.waiting()]).toEqual([['a', 'base', 'a'], ['b']]);
  expect(scheduler.isFull()).toBe(false);
  places.get('1 a')?.leave();
  await settled();
  expect(scheduler.waiting()).toEqual(['b']);
  places.get('4 a')?.leave();
  await Promise.all(all);
  expect(scheduler.running()).toEqual(['base', 'b']);
});

test('leaving twice frees one place', async () => {
  const { scheduler, places, enter } = createLab(9, 9);
  await Promise.all([enter('1 a'), enter('2 a')]);
  places.get('1 a')?.leave();
  places.get('1 a')?.leave();
  expect([scheduler.running(), scheduler.runs('a')]).toEqual([['a'], true]);
  places.get('2 a')?.leave();
  expect(scheduler.runs('a')).toBe(false);
});

test('a client that goes away leaves the queue', async () => {
  const { scheduler, places, enter, settled } = createLab(1, 9);
  const gone = new AbortController();
  await enter('1 a');
  const second = enter('2 a', gone.signal);
  const third = enter('3 a');
  await settled();
  gone.abort();
  await expect(second).rejects.toThrow();
  expect(scheduler.waiting()).toEqual(['a']);
  places.get('1 a')?.leave();
  await third;
  await expect(enter('4 a', gone.signal)).rejects.toThrow();
});

test('a request takes whole blocks of the KV cache, and the share ends at 1', async () => {
  const { scheduler, places, enter } = createLab(9, 9);
  await enter('1 a');
  expect(scheduler.kvUsage()).toBe(0.2);
  await Promise.all(['2 a', '3 a', '4 a', '5 a', '6 a'].map((name) => enter(name)));
  expect(scheduler.kvUsage()).toBe(1);
  for (const place of places.values()) place.leave();
  expect(scheduler.kvUsage()).toBe(0);
});
