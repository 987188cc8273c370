import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { manifests } from '../node/kubectl.ts';

const meshSchema = z.object({
  extensionProviders: z.tuple([
    z.object({
      name: z.string(),
      envoyFileAccessLog: z.object({
        path: z.string(),
        logFormat: z.object({ labels: z.record(z.string(), z.string()) }),
      }),
    }),
  ]),
});

const telemetrySchema = z.object({
  spec: z.object({
    metrics: z.tuple([
      z.object({
        overrides: z.tuple([
          z.object({ tagOverrides: z.object({ model: z.object({ value: z.string() }) }) }),
        ]),
      }),
    ]),
  }),
});

/** Upstream's Envoy has no filter for Istio's metrics: only the expression of their label is run, in the log. */
export const WITHOUT_METRICS = {
  target: { kind: 'Telemetry' },
  patch: '[{ "op": "remove", "path": "/spec/metrics" }]',
};

async function shipped(name: string): Promise<unknown> {
  return parse(await readFile(manifests(`istio/components/telemetry/${name}`), 'utf8'));
}

/** What the label `model` of Istio's metrics is computed by. */
export async function labelExpression(): Promise<string> {
  const { spec } = telemetrySchema.parse(await shipped('telemetry.yaml'));
  return spec.metrics[0].overrides[0].tagOverrides.model.value;
}

/** The access log as shipped, with one field more: what the label would be. */
export async function accessLogProvider(): Promise<unknown> {
  const { extensionProviders } = meshSchema.parse(await shipped('mesh-config.yaml'));
  const [provider] = extensionProviders;
  const { labels } = provider.envoyFileAccessLog.logFormat;
  const logFormat = { labels: { ...labels, model_label: `%CEL(${await labelExpression()})%` } };
  return { ...provider, envoyFileAccessLog: { ...provider.envoyFileAccessLog, logFormat } };
}
