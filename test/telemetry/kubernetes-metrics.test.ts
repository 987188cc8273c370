import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createKubernetesMetrics, type WatchFigures } from '../../src/telemetry/kubernetes-metrics.ts';
import { seriesOf } from './series.ts';

function create() {
  const registry = new Registry();
  const metrics = createKubernetesMetrics(registry, () => 100_000);
  return { registry, metrics, series: (name: string) => seriesOf(registry, name) };
}

const POD = { kind: 'Pod', group: '', namespace: 'llm' };

test('the view has an age, and each kind is in exactly one state', async () => {
  const { metrics, series } = create();
  let figures: WatchFigures = { oldSinceMs: undefined, watches: [{ ...POD, state: 'syncing' }] };
  metrics.follow(() => figures);
  expect(await series('serin_kubernetes_view_age_seconds')).toEqual([' 0']);
  figures = { oldSinceMs: 97_500, watches: [{ ...POD, state: 'old' }] };
  expect(await series('serin_kubernetes_view_age_seconds')).toEqual([' 2.5']);
  expect(await series('serin_kubernetes_watch_state')).toEqual([
    '{group="",kind="Pod",namespace="llm",state="old"} 1',
  ]);
});

test('failed requests are counted by kind and reason, and lists by kind', async () => {
  const { metrics, series } = create();
  metrics.failed('Pod', 'watch', '500');
  metrics.failed('Pod', 'watch', '500');
  metrics.failed('Pod', 'list', 'connection');
  metrics.listed('Pod');
  expect(await series('serin_kubernetes_request_failures_total')).toEqual([
    '{kind="Pod",request="watch",reason="500"} 2',
    '{kind="Pod",request="list",reason="connection"} 1',
  ]);
  expect(await series('serin_kubernetes_lists_total')).toEqual(['{kind="Pod"} 1']);
});

test('written conditions are counted by kind, and the one who writes them is shown', async () => {
  const { registry, metrics, series } = create();
  metrics.written('InferenceModel');
  expect(await series('serin_kubernetes_status_writes_total')).toEqual(['{kind="InferenceModel"} 1']);
  expect(await registry.metrics()).not.toContain('status_leader');
  metrics.leads(false);
  expect(await series('serin_kubernetes_status_leader')).toEqual([' 0']);
  metrics.leads(true);
  expect(await series('serin_kubernetes_status_leader')).toEqual([' 1']);
});

test('without a cluster there is no view to be old', async () => {
  const { registry } = create();
  expect(await registry.metrics()).not.toContain('view_age');
});
