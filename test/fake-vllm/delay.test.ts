import { expect, test } from 'vitest';
import { delay, forever } from '../../src/fake-vllm/delay.ts';

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

test('takes no timer for 0 ms, and one for more', async () => {
  const before = timers();
  const stop = new AbortController();
  const none = delay(0, stop.signal);
  expect(timers()).toBe(before);
  await none;
  const one = delay(60_000, stop.signal);
  expect(timers()).toBe(before + 1);
  stop.abort();
  await expect(one).rejects.toThrow();
});

test('rejects when it is aborted, before or after its start', async () => {
  const stop = new AbortController();
  const early = forever(stop.signal);
  stop.abort();
  await expect(early).rejects.toThrow();
  await expect(forever(stop.signal)).rejects.toThrow();
  await expect(delay(0, stop.signal)).rejects.toThrow();
});
