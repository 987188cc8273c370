import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { clusterScope } from '../../src/config/cluster-scope.ts';
import { type Config, parseConfig } from '../../src/config/config.ts';
import { createHealth } from '../../src/server/health.ts';

const FOLDER = join(import.meta.dirname, '../../manifests/serin');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');
const deployment = parse(read('deployment.yaml'));
const services = parseAllDocuments(read('service.yaml')).map((document) => document.toJS());
const pod = deployment.spec.template.spec;
const [container] = pod.containers;

function config(): Config {
  const [command, ...flags] = container.args;
  const parsed = parseConfig(flags, { [container.env[0].name]: 'models' });
  if (command !== 'serve' || parsed.kind === 'invalid') throw new Error('not a command line of Serin');
  return parsed.config;
}

describe('manifests/serin', () => {
  it("serves a pool of the pod's own namespace", () => {
    expect(clusterScope(config())).toEqual({
      kind: 'pool',
      namespace: 'models',
      name: 'vllm-llama2-7b-pool',
    });
    expect(container.env[0].valueFrom).toEqual({ fieldRef: { fieldPath: 'metadata.namespace' } });
  });

  it('gives preStop and the drain time to end before the kubelet does', () => {
    const { drainDelay, drainTimeout } = config();
    const preStop = container.lifecycle.preStop.sleep.seconds * 1000;
    expect(pod.terminationGracePeriodSeconds * 1000).toBeGreaterThan(preStop + drainDelay + drainTimeout);
  });

  it('probes services that Serin serves, on the port of its probes', () => {
    const { startupProbe, readinessProbe, livenessProbe } = container;
    const known = createHealth().statuses();
    const probes = [startupProbe.grpc, readinessProbe.grpc, livenessProbe.grpc];
    expect(probes.map(({ port, service }) => [port === config().grpcHealthPort, known.has(service)])).toEqual(
      [
        [true, true],
        [true, true],
        [true, true],
      ],
    );
  });

  it('exposes ports that Serin listens on', () => {
    const { grpcPort, grpcHealthPort, metricsPort } = config();
    const ports = container.ports.map((port: { readonly containerPort: number }) => port.containerPort);
    expect(ports).toEqual([grpcPort, grpcHealthPort, metricsPort]);
    const named = services.flatMap(({ spec }) => spec.ports);
    expect(named.map(({ port, targetPort }) => [port, targetPort])).toEqual([
      [grpcPort, 'grpc'],
      [metricsPort, 'http-metrics'],
      [grpcPort, 'grpc'],
      [metricsPort, 'http-metrics'],
    ]);
  });

  it('has replicas find each other, on the port of their metrics', () => {
    const { peers, metricsPort } = config();
    const headless = services.find(({ spec }) => spec.clusterIP === 'None');
    expect(peers).toEqual([{ host: headless?.metadata.name, port: metricsPort }]);
    expect(headless?.spec.selector).toEqual(deployment.spec.selector.matchLabels);
  });

  it('is scraped once, though two Services lead to it', () => {
    const monitor = parse(read('../components/monitoring/servicemonitor.yaml'));
    const names = services.flatMap(({ spec }) =>
      spec.ports.map(({ name }: { readonly name: string }) => name),
    );
    const [endpoint] = monitor.spec.endpoints;
    expect(names.filter((name) => name === endpoint.port)).toHaveLength(1);
  });

  it('lets replicas reach each other', () => {
    const { ingress, egress } = parse(read('networkpolicy.yaml')).spec;
    const metrics = { from: [{ namespaceSelector: {} }], ports: [{ port: 'http-metrics' }] };
    expect(ingress).toContainEqual(metrics);
    expect(egress).toContainEqual({ to: [{ podSelector: {} }] });
  });

  it('may tell its traces to a collector in any namespace', () => {
    const otlp = { ports: [{ port: 4318 }] };
    expect(parse(read('networkpolicy.yaml')).spec.egress).toContainEqual(otlp);
    const template = read('../chart/templates/networkpolicy.yaml');
    expect(template).toContain('    - ports:\n        - port: 4318\n');
  });

  it('tells scrapers where the metrics are', () => {
    expect(deployment.spec.template.metadata.annotations['prometheus.io/port']).toBe(
      `${config().metricsPort}`,
    );
  });
});
