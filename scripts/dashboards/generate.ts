// Writes the dashboards from the list of panels, and the operator's and the chart's rules from those of Prometheus:
// node scripts/dashboards/generate.ts
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDashboard } from './build-dashboard.ts';
import { PANELS } from './panels.ts';
import { chartRules, prometheusRule } from './prometheus-rule.ts';

const MANIFESTS = join(import.meta.dirname, '../../manifests');

for (const name of ['vllm', 'canary'] as const) {
  await writeFile(join(MANIFESTS, `grafana/${name}.json`), buildDashboard(name, PANELS));
}
const rules = await readFile(join(MANIFESTS, 'prometheus/rules.yaml'), 'utf8');
await writeFile(join(MANIFESTS, 'components/monitoring/prometheusrule.yaml'), prometheusRule(rules));
await writeFile(join(MANIFESTS, 'chart/files/rules.yaml'), chartRules(rules));
