import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createRequestMetrics } from '../../src/telemetry/request-metrics.ts';
import { endpoint, snapshotOf } from '../core/pods.ts';
import { seriesOf } from './series.ts';

function create() {
  const registry = new Registry();
  const metrics = createRequestMetrics(registry);
  metrics.follow(snapshotOf(2));
  return { metrics, series: (name: string) => seriesOf(registry, name) };
}

test('the picks of an endpoint go with it, and begin at 0 when it comes back', async () => {
  const { metrics, series } = create();
  const [first, second] = [endpoint(0).address, endpoint(1).address];
  for (const address of [first, second, second]) metrics.dispatched(address);
  expect(await series('serin_picks_total')).toEqual([
    '{endpoint="10.0.0.1:8000"} 1',
    '{endpoint="10.0.0.2:8000"} 2',
  ]);
  metrics.follow(snapshotOf(1));
  expect(await series('serin_picks_total')).toEqual(['{endpoint="10.0.0.1:8000"} 1']);
  metrics.follow(snapshotOf(2));
  metrics.dispatched(second);
  expect(await series('serin_picks_total')).toEqual([
    '{endpoint="10.0.0.1:8000"} 1',
    '{endpoint="10.0.0.2:8000"} 1',
  ]);
});

test('open streams are those that were opened and not closed', async () => {
  const { metrics, series } = create();
  for (let opened = 0; opened < 3; opened += 1) metrics.streamOpened();
  metrics.streamClosed();
  expect(metrics.openStreams()).toBe(2);
  expect(await series('serin_streams_open')).toEqual([' 2']);
});

test('streams that their callers ended early are counted by what they waited for, refused connections all alike', async () => {
  const { metrics, series } = create();
  metrics.streamReset('body');
  metrics.streamReset('body');
  metrics.streamReset('decision');
  metrics.connectionRefused();
  expect(await series('serin_streams_reset_total')).toEqual([
    '{awaiting="body"} 2',
    '{awaiting="decision"} 1',
  ]);
  expect(await series('serin_connections_refused_total')).toEqual([' 1']);
});

test('everything else is counted by its reason', async () => {
  const { metrics, series } = create();
  metrics.rejected('no_endpoint');
  metrics.rejected('no_endpoint');
  metrics.rejected('unknown_model');
  metrics.modeResolved('buffered', 'order');
  metrics.opaque('content_encoding');
  metrics.servedElsewhere();
  metrics.protocolError();
  metrics.fault();
  expect(await series('serin_rejections_total')).toEqual([
    '{reason="no_endpoint"} 2',
    '{reason="unknown_model"} 1',
  ]);
  expect(await series('serin_body_mode_total')).toEqual(['{mode="buffered",source="order"} 1']);
  expect(await series('serin_opaque_bodies_total')).toEqual(['{reason="content_encoding"} 1']);
  expect(await series('serin_served_elsewhere_total')).toEqual([' 1']);
  expect(await series('serin_protocol_errors_total')).toEqual([' 1']);
  expect(await series('serin_faults_total')).toEqual([' 1']);
});
