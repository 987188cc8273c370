import { expect, test } from 'vitest';
import { createIdleWatch } from '../../../src/sources/scrape/idle-watch.ts';

const never = new AbortController().signal;
const LONG_MS = 60_000;
const TIMING = { intervalMs: 10, idleIntervalMs: 40, quietIntervalMs: LONG_MS, quietAfterMs: 10_000 };

function watch(timing: Partial<typeof TIMING> = {}) {
  const dispatches = [0, 0];
  const clock = { skewMs: 0 };
  const idle = createIdleWatch({
    table: { dispatches },
    timing: { ...TIMING, ...timing },
    now: () => performance.now() + clock.skewMs,
    random: () => 0.5,
  });
  return { dispatches, clock, ...idle };
}

/** Endpoints that rest, and those whose rest has ended. */
function resting({ rest }: Pick<ReturnType<typeof watch>, 'rest'>, slots: readonly number[]) {
  const stop = new AbortController();
  const ended: number[] = [];
  const rests = slots.map((slot) => rest(slot, LONG_MS, stop.signal).then(() => ended.push(slot)));
  const end = async () => {
    stop.abort();
    await Promise.all(rests);
  };
  return { ended, rests, end };
}

test('a rest ends when its endpoint is sent something, and that of another goes on', async () => {
  const watching = watch();
  const { ended, rests, end } = resting(watching, [0, 1]);
  watching.dispatches[0] = 1;
  await rests[0];
  expect(ended).toEqual([0]);
  await end();
});

test('a rest ends by itself, and at once when it is aborted', async () => {
  const { rest } = watch();
  await rest(0, 5, never);
  await rest(0, LONG_MS, AbortSignal.abort());
});

test('something sent before the rest does not end it', async () => {
  const watching = watch();
  watching.dispatches[0] = 7;
  const { ended, rests, end } = resting(watching, [0, 1]);
  // Another endpoint's rest that ends shows that the watch has looked.
  watching.dispatches[1] = 1;
  await rests[1];
  expect(ended).toEqual([1]);
  await end();
});

test('idle endpoints rest longer once none has had work for some time, until one has', () => {
  const { clock, idleMs, worked } = watch();
  expect(idleMs()).toBe(40);
  clock.skewMs += 9_000;
  expect(idleMs()).toBe(40);
  worked();
  clock.skewMs += 9_000;
  expect(idleMs()).toBe(40);
  clock.skewMs += 2_000;
  expect(idleMs()).toBe(LONG_MS);
  worked();
  expect(idleMs()).toBe(40);
});

test('the first work in a quiet time ends the long rests of all', async () => {
  const watching = watch();
  watching.clock.skewMs += 11_000;
  const { ended, rests } = resting(watching, [0, 1]);
  watching.dispatches[0] = 1;
  await Promise.all(rests);
  expect(ended).toEqual([0, 1]);
});

test('a rest that was shortened still ends when its endpoint is sent something', async () => {
  const watching = watch({ idleIntervalMs: LONG_MS });
  watching.clock.skewMs += 11_000;
  const { ended, rests, end } = resting(watching, [0, 1]);
  watching.worked();
  watching.dispatches[1] = 1;
  await rests[1];
  expect(ended).toEqual([1]);
  await end();
});

test('a rest ends as soon as an idle one would when a connection to its endpoint has ended', async () => {
  const watching = watch();
  const startedAtMs = performance.now();
  const { ended, rests, end } = resting(watching, [0, 1]);
  watching.unsettled(1);
  watching.unsettled(2);
  await rests[1];
  expect(performance.now() - startedAtMs).toBeGreaterThan(38);
  expect(ended).toEqual([1]);
  await end();
});
