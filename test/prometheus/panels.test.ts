import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PANELS } from '../../scripts/dashboards/panels.ts';
import { BASE, MODEL, type Monitored, startMonitored } from './monitored.ts';
import type { FoundSeries } from './prometheus.ts';

/** What Grafana makes of four scrapes in its shortest range; here the scrapes are a second apart. */
const RATE_INTERVAL = '15s';
const QUERIES = PANELS.flatMap(({ dashboard, title, queries }) =>
  queries.map(({ expr }, index) => ({ dashboard, title, letter: 'ABCDE'[index] ?? '', expr })),
);
const KEPT = join(import.meta.dirname, '../../.cache/dashboards');

/** A query with the values that a user would choose for the variables. */
function chosen(expr: string): string {
  return expr
    .replaceAll('$__rate_interval', RATE_INTERVAL)
    .replaceAll('$model_name', BASE)
    .replaceAll('$namespace', 'default')
    .replaceAll('$pool', 'vllm-llama2-7b-pool')
    .replaceAll('$model', MODEL);
}

function finite(series: readonly FoundSeries[]): number {
  return series.filter(({ points }) => points.some(({ value }) => Number.isFinite(value))).length;
}

describe.each(['v0', 'v1'] as const)("with vLLM's metric names of %s alone", (generation) => {
  let monitored: Monitored;
  beforeAll(async () => {
    monitored = await startMonitored(generation);
  });
  afterAll(() => monitored.stop());

  it.each(QUERIES)('the panel $title of $dashboard has data, query $letter', async ({ expr }) => {
    const query = chosen(expr);
    await expect
      .poll(async () => finite(await monitored.prometheus.query(query)), { message: query })
      .toBeGreaterThan(0);
  });

  it('pods have the label by which panels group, from the shipped relabelling', async () => {
    const series = await monitored.prometheus.query(
      'sum by(kubernetes_pod_name) (vllm:num_requests_running)',
    );
    expect(series.map(({ labels }) => labels.kubernetes_pod_name).sort()).toEqual(
      [0, 1, 2].map((index) => `vllm-llama2-7b-pool-${index}`),
    );
  });

  it("Serin's own labels are as Serin wrote them", async () => {
    const series = await monitored.prometheus.query(
      'count by(namespace, exported_namespace) (serin_requests_total)',
    );
    expect(series.map(({ labels }) => labels)).toEqual([{ namespace: 'default' }]);
  });

  it('all rules can be evaluated', async () => {
    await expect.poll(() => monitored.prometheus.brokenRules()).toEqual([]);
    expect(await monitored.prometheus.rules()).toBe(11);
  });
});

/** The picture of the canary's dashboard is drawn from it. */
it('keeps what a release looked like, for scripts/dashboards/draw.ts', async () => {
  const { prometheus, release, stop } = await startMonitored('v1');
  const scraped = (times: number) => async () => {
    const [found] = await prometheus.query('max(count_over_time(serin_streams_open[10m]))');
    return (found?.points.at(-1)?.value ?? 0) >= times;
  };
  const patience = { timeout: 120_000, interval: 500 };
  await vi.waitUntil(scraped(15), patience);
  const fromS = Date.now() / 1000;
  await vi.waitUntil(scraped(35), patience);
  await release(50, 50);
  await vi.waitUntil(scraped(65), patience);
  const range = { fromS, toS: Date.now() / 1000, stepS: 1 };
  const panels = PANELS.filter(({ dashboard }) => dashboard === 'canary');
  const drawn = await Promise.all(
    panels.map(async ({ title, unit, queries }) => ({
      title,
      unit,
      queries: await Promise.all(
        queries.map(async ({ legend, expr }) => ({
          legend,
          series: await prometheus.queryRange(chosen(expr), range),
        })),
      ),
    })),
  );
  await stop();
  await mkdir(KEPT, { recursive: true });
  await writeFile(join(KEPT, 'canary.json'), JSON.stringify(drawn));
  expect(drawn.flatMap(({ queries }) => queries.map(({ series }) => finite(series) > 0))).not.toContain(
    false,
  );
}, 240_000);
