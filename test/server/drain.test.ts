import { expect, test } from 'vitest';
import { drain } from '../../src/server/drain.ts';

/** Steps that note their order; the server drains when `ended` says so. */
function noteSteps(ended: Promise<void>, open = 0) {
  const steps: string[] = [];
  return {
    steps,
    notReady: () => void steps.push('not ready'),
    drain: () => {
      steps.push('goaway');
      return ended;
    },
    openStreams: () => open,
    close: () => void steps.push('close'),
  };
}

test('readiness goes first, then the delay, then GOAWAY, and the close when the last stream has ended', async () => {
  const ended = Promise.withResolvers<void>();
  const noted = noteSteps(ended.promise, 2);
  const delayMs = 50;
  const startedAtMs = performance.now();
  const cut = drain(noted, { delayMs, timeoutMs: 60_000 });
  expect(noted.steps).toEqual(['not ready']);
  ended.promise.then(() => noted.steps.push('ended'));
  ended.resolve();
  expect(await cut).toBe(0);
  expect(noted.steps).toEqual(['not ready', 'ended', 'goaway', 'close']);
  expect(performance.now() - startedAtMs).toBeGreaterThan(delayMs - 5);
});

test('streams that outlast the timeout are cut and counted', async () => {
  const noted = noteSteps(new Promise(() => undefined), 3);
  expect(await drain(noted, { delayMs: 0, timeoutMs: 10 })).toBe(3);
  expect(noted.steps).toEqual(['not ready', 'goaway', 'close']);
});
