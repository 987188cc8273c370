import { parse, stringify } from 'yaml';

const HEAD = '# Generated from manifests/prometheus/rules.yaml by scripts/dashboards/generate.ts.\n';

/** The rules of a Prometheus as the chart puts them into such an object. */
export function chartRules(rules: string): string {
  return HEAD + stringify(parse(rules), { lineWidth: 120 });
}

/** The rules of a Prometheus as an object of the Prometheus Operator. */
export function prometheusRule(rules: string): string {
  const { groups }: { readonly groups: unknown } = parse(rules);
  const object = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'serin', labels: { app: 'serin' } },
    spec: { groups },
  };
  return HEAD + stringify(object, { lineWidth: 120 });
}
