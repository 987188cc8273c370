import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { createHealth } from '../../src/server/health.ts';
import { parseManifests } from '../../src/sources/manifests/parse-manifests.ts';

const PATH = join(import.meta.dirname, '../../manifests/file-mode.yaml');
const documents = parseAllDocuments(readFileSync(PATH, 'utf8')).map((document) => document.toJS());
const [policy, pods, service, replicas, deployment] = documents;
const [container] = deployment.spec.template.spec.containers;

describe('manifests/file-mode.yaml', () => {
  it('starts Serin with flags that it takes', () => {
    const [command, ...flags] = container.args;
    expect([command, parseConfig(flags, {})]).toEqual(['serve', expect.objectContaining({ kind: 'ok' })]);
  });

  it('gives the drain time to end before the kubelet does', () => {
    const parsed = parseConfig(container.args.slice(1), {});
    if (parsed.kind === 'invalid') throw new Error(parsed.problems.join());
    const { drainDelay, drainTimeout } = parsed.config;
    expect(deployment.spec.template.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(
      drainDelay + drainTimeout,
    );
  });

  it('holds a policy without a problem', () => {
    const files = Object.entries<string>(policy.data).map(([name, text]) =>
      parseManifests(name, text, 'default'),
    );
    expect(files.flatMap(({ items }) => items.map(({ kind }) => kind))).toEqual(['good', 'good']);
  });

  it('looks the pods up under the name of their Service', () => {
    expect(container.args).toContain(`--endpoints-dns=${pods.metadata.name}:${pods.spec.ports[0].port}`);
  });

  it('has replicas find each other, on the port of their metrics', () => {
    expect(replicas.spec).toMatchObject({ clusterIP: 'None', selector: { app: 'serin' } });
    const parsed = parseConfig(container.args.slice(1), {});
    if (parsed.kind === 'invalid') throw new Error(parsed.problems.join());
    const { peers, metricsPort } = parsed.config;
    expect(peers).toEqual([{ host: replicas.metadata.name, port: metricsPort }]);
  });

  it('probes services that Serin serves, on the port of its probes', () => {
    const probes = [container.readinessProbe.grpc, container.livenessProbe.grpc];
    const known = createHealth().statuses();
    expect(probes.map(({ port, service: name }) => [port, known.has(name)])).toEqual([
      [9003, true],
      [9003, true],
    ]);
  });

  it('exposes ports that the container has', () => {
    const ports = container.ports.map((port: { readonly containerPort: number }) => port.containerPort);
    for (const { port } of service.spec.ports) expect(ports).toContain(port);
  });
});
