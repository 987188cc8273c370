import { expect, test } from 'vitest';
import { createIdleWatch } from '../../../src/sources/scrape/idle-watch.ts';

const never = new AbortController().signal;
const LONG_MS = 60_000;

function watch() {
  const dispatches = [0, 0];
  return { dispatches, rest: createIdleWatch({ table: { dispatches }, intervalMs: 10, random: () => 0.5 }) };
}

test('a rest ends when its endpoint is sent something, and that of another goes on', async () => {
  const { dispatches, rest } = watch();
  const other = new AbortController();
  const ended: number[] = [];
  const first = rest(0, LONG_MS, never).then(() => ended.push(0));
  const second = rest(1, LONG_MS, other.signal).then(() => ended.push(1));
  dispatches[0] = 1;
  await first;
  expect(ended).toEqual([0]);
  other.abort();
  await second;
});

test('a rest ends by itself, and at once when it is aborted', async () => {
  const { rest } = watch();
  await rest(0, 5, never);
  await rest(0, LONG_MS, AbortSignal.abort());
});

test('something sent before the rest does not end it', async () => {
  const { dispatches, rest } = watch();
  dispatches[0] = 7;
  const stop = new AbortController();
  let ended = false;
  const resting = rest(0, LONG_MS, stop.signal).then(() => {
    ended = true;
  });
  // Another endpoint's rest that ends shows that the watch has looked.
  const other = rest(1, LONG_MS, never);
  dispatches[1] = 1;
  await other;
  expect(ended).toBe(false);
  stop.abort();
  await resting;
});
