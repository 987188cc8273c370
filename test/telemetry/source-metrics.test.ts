import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { modelName, poolKey, targetName } from '../../src/core/names.ts';
import { createSourceMetrics } from '../../src/telemetry/source-metrics.ts';
import { seriesOf } from './series.ts';

function create() {
  const registry = new Registry();
  const clock = { nowMs: 1_000 };
  const metrics = createSourceMetrics(registry, () => clock.nowMs);
  return { metrics, clock, series: (name: string) => seriesOf(registry, name) };
}

test('the age of a pod is the time since its last good scrape', async () => {
  const { metrics, clock, series } = create();
  metrics.scraped('a:1', 4);
  clock.nowMs = 1_500;
  metrics.scraped('b:1', 40);
  clock.nowMs = 2_000;
  metrics.scrapeFailed('a:1', 'refused');
  expect(await series('serin_scrape_age_seconds')).toEqual(['{endpoint="a:1"} 1', '{endpoint="b:1"} 0.5']);
  expect(await series('serin_scrape_duration_seconds')).toEqual(
    expect.arrayContaining(['_bucket{le="0.005"} 1', '_bucket{le="0.05"} 2', '_sum 0.044', '_count 2']),
  );
});

test('a pod is in exactly one state', async () => {
  const { metrics, series } = create();
  metrics.freshness('a:1', 'fresh');
  metrics.freshness('a:1', 'dead');
  expect(await series('serin_endpoint_state')).toEqual([
    '{endpoint="a:1",state="unknown"} 0',
    '{endpoint="a:1",state="fresh"} 0',
    '{endpoint="a:1",state="stale"} 0',
    '{endpoint="a:1",state="dead"} 1',
  ]);
});

test('all series of a pod go with it', async () => {
  const { metrics, series } = create();
  metrics.endpoints(new Set(['a:1', 'b:1']));
  for (const address of ['a:1', 'b:1']) {
    metrics.scraped(address, 1);
    metrics.scrapeFailed(address, 'refused');
    metrics.scrapeFailed(address, 'timeout');
    metrics.freshness(address, 'fresh');
  }
  metrics.endpoints(new Set(['b:1']));
  const names = ['serin_scrape_age_seconds', 'serin_scrape_errors_total', 'serin_endpoint_state'];
  const left = (await Promise.all(names.map(series))).flat();
  expect(left.filter((line) => !line.startsWith('{endpoint="b:1"'))).toEqual([]);
  expect(left).toHaveLength(7);
});

test('what a source holds is that of its last reading', async () => {
  const { metrics, series } = create();
  metrics.loaded('manifests', { objects: 3, problems: 1, skipped: new Map([['Service', 2]]) });
  metrics.loaded('endpoints-file', { objects: 2, problems: 0, skipped: new Map() });
  metrics.loaded('manifests', { objects: 4, problems: 0, skipped: new Map([['Secret', 1]]) });
  expect(await series('serin_objects')).toEqual(['{source="manifests"} 4', '{source="endpoints-file"} 2']);
  expect(await series('serin_problems')).toEqual(['{source="manifests"} 0', '{source="endpoints-file"} 0']);
  expect(await series('serin_skipped_objects')).toEqual(['{source="manifests",kind="Secret"} 1']);
});

test('reload errors, conflicts and cut streams are counted', async () => {
  const { metrics, series } = create();
  metrics.reloadError('manifests');
  metrics.reloadError('manifests');
  metrics.conflicts(2);
  metrics.conflicts(1);
  metrics.drainCut(3);
  expect(await series('serin_reload_errors_total')).toEqual(['{source="manifests"} 2']);
  expect(await series('serin_conflicts')).toEqual([' 1']);
  expect(await series('serin_drain_cut_streams_total')).toEqual([' 3']);
});

test('a target that no pod serves has the labels of its weight, and is gone when it is served', async () => {
  const { metrics, series } = create();
  const target = { pool: poolKey('llm', 'pool'), model: undefined, target: targetName('b') };
  metrics.missingTargets([{ ...target, model: modelName('lora-request') }, target]);
  expect(await series('serin_target_missing')).toEqual([
    '{namespace="llm",pool="pool",model="lora-request",target="b"} 1',
    '{namespace="llm",pool="pool",model="other",target="b"} 1',
  ]);
  metrics.missingTargets([]);
  expect(await series('serin_target_missing')).toEqual([]);
});
