import { expect, test } from 'vitest';
import { createMetrics } from '../src/app-metrics.ts';
import { createState } from '../src/app-state.ts';
import { parseConfig } from '../src/config/config.ts';
import { decided } from './telemetry/target-records.ts';

test('a pod has in flight what was forwarded to it, until the stream is closed', () => {
  const parsed = parseConfig(['--endpoints=127.0.0.1:1'], {});
  if (parsed.kind !== 'ok') throw new Error('bad flags');
  const now = () => 0;
  const state = createState(parsed.config, { now, epochMs: now });
  const stop = new AbortController();
  const { requests } = createMetrics(parsed.config, state, { now, stop: stop.signal });
  const forward = { ...decided(), endpoint: { address: '10.0.0.1:8000' } };
  for (let count = 0; count < 3; count += 1) requests.routed(forward);
  requests.released(forward);
  expect(['10.0.0.1:8000', '10.0.0.2:8000'].map(state.inFlight.at)).toEqual([2, 0]);
  stop.abort();
});
