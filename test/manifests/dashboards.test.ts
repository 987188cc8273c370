import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildDashboard } from '../../scripts/dashboards/build-dashboard.ts';
import { PANELS } from '../../scripts/dashboards/panels.ts';
import { chartRules, prometheusRule } from '../../scripts/dashboards/prometheus-rule.ts';
import { SEED_PANELS } from './seed-panels.ts';

const MANIFESTS = join(import.meta.dirname, '../../manifests');
const read = (path: string) => readFileSync(join(MANIFESTS, path), 'utf8');
const vllm = JSON.parse(read('grafana/vllm.json'));

test.each(['vllm', 'canary'] as const)(
  'manifests/grafana/%s.json is what the list of panels makes',
  (name) => {
    expect(read(`grafana/${name}.json`)).toBe(buildDashboard(name, PANELS));
  },
);

test("the operator's rules are those of manifests/prometheus, and the chart's too", () => {
  expect(read('components/monitoring/prometheusrule.yaml')).toBe(
    prometheusRule(read('prometheus/rules.yaml')),
  );
  expect(read('chart/files/rules.yaml')).toBe(chartRules(read('prometheus/rules.yaml')));
});

describe("the seed's dashboard", () => {
  test('has its panels, with their titles, kinds and units, in their order', () => {
    const panels = PANELS.filter(({ dashboard }) => dashboard === 'vllm');
    expect(panels.map(({ title, kind, unit }) => ({ title, kind, unit }))).toEqual(
      SEED_PANELS.map(({ title, kind, unit }) => ({ title, kind, unit })),
    );
    expect(vllm.panels.map((panel: { readonly title: string }) => panel.title)).toEqual(
      SEED_PANELS.map(({ title }) => title),
    );
  });

  test.each(SEED_PANELS)(
    'has in the panel $title each query of the seed, or it and its successor',
    ({ title, queries }) => {
      const [panel] = PANELS.filter((each) => each.dashboard === 'vllm' && each.title === title);
      const ours = panel?.queries.map(({ expr }) => expr) ?? [];
      expect(ours).toHaveLength(queries.length);
      for (const [index, seed] of queries.entries()) {
        const words = (text: string) => text.replaceAll(/\s+/g, ' ');
        const [first, second, ...more] = words(ours[index] ?? '').split(' or ');
        expect(first).toBe(words(seed.expr));
        expect([second === undefined, more]).toEqual([!seed.renamed, []]);
      }
    },
  );

  test('has its variables', () => {
    const variables = vllm.templating.list as readonly { readonly name: string; readonly type: string }[];
    expect(variables.map(({ name, type }) => [name, type])).toEqual([
      ['DS_PROMETHEUS', 'datasource'],
      ['model_name', 'query'],
    ]);
  });
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana's.
const SOURCE = '${DS_PROMETHEUS}';

test('every panel asks the data source that the user chooses, and each of its queries has a letter', () => {
  for (const name of ['vllm', 'canary']) {
    for (const panel of JSON.parse(read(`grafana/${name}.json`)).panels) {
      const letters = panel.targets.map(({ refId }: { readonly refId: string }) => refId);
      expect(letters).toEqual(['A', 'B', 'C', 'D', 'E'].slice(0, letters.length));
      for (const part of [panel, ...panel.targets]) expect(part.datasource.uid).toBe(SOURCE);
    }
  }
});
