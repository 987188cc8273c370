import { setTimeout as nextTimer } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { registerProcessMetrics } from '../../src/telemetry/process-metrics.ts';
import { seriesOf } from './series.ts';

function register(heldBytes: () => number): Registry {
  const registry = new Registry();
  const stop = new AbortController();
  registerProcessMetrics(registry, heldBytes, stop.signal);
  onTestFinished(() => stop.abort());
  return registry;
}

test('held bytes are those of the moment', async () => {
  let held = 5;
  const registry = register(() => held);
  expect(await seriesOf(registry, 'serin_held_body_bytes')).toEqual([' 5']);
  held = 7;
  expect(await seriesOf(registry, 'serin_held_body_bytes')).toEqual([' 7']);
});

test('the lag of the event loop is the longest since the last read', async () => {
  const registry = register(() => 0);
  const lag = async () => Number((await seriesOf(registry, 'serin_event_loop_lag_seconds'))[0]);
  await turns();
  const until = performance.now() + 300;
  while (performance.now() < until);
  await turns();
  expect(await lag()).toBeGreaterThan(0.2);
  expect(await lag()).toBe(0);
});

/** A few turns of the event loop, timers included, so that the monitor's own timer has fired. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await nextTimer(10);
}

test('the process itself is shown', async () => {
  const page = await register(() => 0).metrics();
  expect(page).toContain('process_resident_memory_bytes');
  expect(page).toContain('process_cpu_seconds_total');
});
