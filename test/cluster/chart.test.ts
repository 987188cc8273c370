import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { adminPort } from '../../src/config/admin-port.ts';
import { parseConfig } from '../../src/config/config.ts';
import { ALL_VALUES, CHART, OBJECTIVE_VALUES, POOL_VALUE } from './chart-values.ts';
import { setting } from './cluster.ts';
import { type Helm, startHelm } from './helm.ts';
import { deployed, find, type Manifest, monitored, objects, rulesOf, scopeOf } from './rendered.ts';

const MANIFESTS = join(import.meta.dirname, '../../manifests');

let helm: Helm;
beforeAll(async () => {
  helm = await startHelm();
});
afterAll(() => helm.stop());

const template = (...settings: readonly string[]) =>
  helm.render(...settings.flatMap((each) => ['--set', each]));

describe('the chart', () => {
  it('passes helm lint', async () => {
    const linted = await helm.run(
      'lint',
      CHART,
      '--strict',
      '--set',
      [POOL_VALUE, ...ALL_VALUES, ...OBJECTIVE_VALUES].join(','),
    );
    expect(linted.stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it.each([[[POOL_VALUE]], [[POOL_VALUE, ...ALL_VALUES, ...OBJECTIVE_VALUES]]])(
    'renders the same bytes twice with %j',
    async (settings) => {
      expect(await template(...settings)).toBe(await template(...settings));
    },
  );

  it('wants to know the pods of the pool that it creates', async () => {
    const failed = await helm.run('template', 'vllm', CHART);
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('router.modelServers.matchLabels has to select the pods'),
    });
  });

  it('installs no CRD, no policy and no cluster role by itself', async () => {
    const kinds = new Set(objects(await template(POOL_VALUE)).map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual([
      'Deployment',
      'InferencePool',
      'NetworkPolicy',
      'PodDisruptionBudget',
      'Role',
      'RoleBinding',
      'Service',
      'ServiceAccount',
    ]);
  });

  it('keeps its CRDs when the release goes', async () => {
    const crds = objects(await template(POOL_VALUE, 'crds.install=true')).filter(
      ({ kind }) => kind === 'CustomResourceDefinition',
    );
    expect(crds.map(({ metadata }) => metadata.annotations)).toEqual(
      Array.from({ length: 7 }, () => ({ 'helm.sh/resource-policy': 'keep' })),
    );
  });

  it('deploys what the kustomization deploys', async () => {
    const ours = objects(
      await helm.shell.run(setting('SERIN_KUBECTL'), ['kustomize', join(MANIFESTS, 'serin')]),
    );
    // The release's name is part of names and labels there.
    const rendered = (await template(POOL_VALUE)).replaceAll('vllm-epp', 'serin');
    const theirs = objects(rendered);
    const podOf = (list: readonly Manifest[]) => {
      const { spec, pod: whole, container: first } = deployed(list, 'serin');
      const [{ containers: _, ...pod }, { args: __, ...container }] = [whole, first];
      return { strategy: spec.strategy, replicas: spec.replicas, pod, container };
    };
    expect(podOf(theirs)).toEqual(podOf(ours));
    expect(rulesOf(theirs, 'Role', 'serin')).toEqual(rulesOf(ours, 'Role', 'serin'));
    for (const [kind, name] of [
      ['Service', 'serin'],
      ['Service', 'serin-replicas'],
      ['PodDisruptionBudget', 'serin'],
      ['NetworkPolicy', 'serin'],
    ] as const) {
      expect(find(theirs, kind, name).spec).toEqual(find(ours, kind, name).spec);
    }
  });

  it('finds pods by labels and ports where there is no pool', async () => {
    const ports = [
      'router.modelServers.targetPorts[0].number=8000',
      'router.modelServers.targetPorts[1].number=8001',
    ];
    const rendered = objects(await template(POOL_VALUE, ...ports, 'router.inferencePool.create=false'));
    const { args } = deployed(rendered, 'vllm-epp').container;
    expect(scopeOf(args)).toEqual({
      kind: 'selector',
      namespace: 'default',
      labelSelector: 'app=vllm-llama2-7b-pool',
      ports: [8000, 8001],
    });
    expect(rendered.map(({ kind }) => kind)).not.toContain('InferencePool');
  });

  it('has Serin serve the pool of its name', async () => {
    const { args } = deployed(objects(await template(POOL_VALUE)), 'vllm-epp').container;
    expect(scopeOf(args)).toEqual({ kind: 'pool', namespace: 'default', name: 'vllm' });
  });

  it('serves every pool by a cluster role if it is told to', async () => {
    const rendered = objects(await template(POOL_VALUE, 'clusterWide.enabled=true'));
    const { args } = deployed(rendered, 'vllm-epp').container;
    expect(scopeOf(args)).toEqual({ kind: 'all', namespaces: [] });
    const roles = objects(await template(POOL_VALUE));
    expect(rulesOf(rendered, 'ClusterRole', 'vllm-epp')).toEqual(rulesOf(roles, 'Role', 'vllm-epp'));
    expect(rendered.map(({ kind }) => kind)).toEqual(expect.not.arrayContaining(['Role', 'RoleBinding']));
  });

  it('lets people look with tokens as the component does, if it is told to', async () => {
    const rendered = objects(await template(POOL_VALUE, 'adminToken.enabled=true'));
    const { container } = deployed(rendered, 'vllm-epp');
    const parsed = parseConfig(container.args.slice(1), {});
    if (parsed.kind === 'invalid') throw new Error(parsed.problems.join());
    const { adminAuth, adminHosts } = parsed.config;
    expect([adminPort(parsed.config), adminAuth]).toEqual([{ host: '0.0.0.0', port: 9091 }, 'token']);
    expect(adminHosts).toContain('vllm-epp-admin.default.svc');
    expect(container.ports).toContainEqual({ name: 'http-admin', containerPort: 9091 });
    const component = ['service.yaml', 'rbac.yaml'].map((name) =>
      readFile(join(MANIFESTS, 'components/admin-token', name), 'utf8'),
    );
    const ours = objects((await Promise.all(component)).join('---\n').replaceAll('serin', 'vllm-epp'));
    const partsOf = ({ kind, metadata, roleRef, subjects, rules, spec }: Manifest) => {
      return { kind, name: metadata.name, roleRef, subjects, rules, spec };
    };
    const kinds = ['Service', 'ClusterRoleBinding', 'ClusterRole'];
    const theirs = ours.map(({ kind, metadata }) => find(rendered, kind, metadata.name));
    expect(ours.map(({ kind }) => kind)).toEqual(kinds);
    expect(theirs.map(partsOf)).toEqual(ours.map(partsOf));
  });

  it('has the operator of Prometheus read what the component has it read, if it is told to', async () => {
    const monitoring = (value: string) => `router.monitoring.prometheus.${value}`;
    const set = [
      'enabled=true',
      'modelServers.enabled=true',
      'rules.enabled=true',
      'extraLabels.release=kube',
    ];
    const rendered = objects(await template(POOL_VALUE, ...set.map(monitoring)));
    const files = ['servicemonitor.yaml', 'podmonitor.yaml', 'prometheusrule.yaml'].map((name) =>
      readFile(join(MANIFESTS, 'components/monitoring', name), 'utf8'),
    );
    const [service, pods, rule] = objects((await Promise.all(files)).join('---\n'));
    if (service === undefined || pods === undefined) throw new Error('the component has no monitors');
    const made = (kind: string, name: string) => {
      const manifest = find(rendered, kind, name);
      const labels = { 'app.kubernetes.io/instance': 'vllm', release: 'kube' };
      expect(manifest.metadata.labels).toMatchObject(labels);
      return manifest;
    };
    const serviceMonitor = monitored(made('ServiceMonitor', 'vllm-epp'));
    expect([serviceMonitor.endpoints, serviceMonitor.selector]).toEqual([
      monitored(service).endpoints,
      { matchLabels: { app: 'vllm-epp' } },
    ]);
    const { selector, podEndpoint } = monitored(pods);
    expect(made('PodMonitor', 'vllm').spec).toEqual({
      selector,
      podMetricsEndpoints: [{ ...podEndpoint, portNumber: 8000, scheme: 'http' }],
    });
    expect(made('PrometheusRule', 'vllm-epp').spec).toEqual(rule?.spec);
  });

  it('scrapes pods over TLS if it is told to', async () => {
    const https = [
      'router.epp.metricsDataSource.scheme=https',
      'router.epp.metricsDataSource.insecureSkipVerify=false',
    ];
    const { args } = deployed(objects(await template(POOL_VALUE, ...https)), 'vllm-epp').container;
    expect(args).toEqual(
      expect.arrayContaining([
        '--model-server-metrics-scheme=https',
        '--model-server-metrics-https-insecure-skip-verify=false',
      ]),
    );
  });

  it('starts Serin with the flags of the values', async () => {
    const set = [
      'router.epp.flags.v=4',
      'router.epp.flags.secure-serving=false',
      'router.epp.extProcPort=9102',
    ];
    expect(deployed(objects(await template(POOL_VALUE, ...set)), 'vllm-epp').container.args).toEqual([
      'serve',
      '--pool-name=vllm',
      '--drain-delay=5s',
      '--drain-timeout=10m',
      '--secure-serving=false',
      '--v=4',
      '--peers=vllm-epp-replicas:9090',
      '--grpc-port=9102',
      '--grpc-health-port=9003',
    ]);
  });

  it('has replicas find each other by their Service, unless they are not to', async () => {
    const render = async (...set: readonly string[]) => {
      const rendered = objects(await template(POOL_VALUE, ...set));
      const { args } = deployed(rendered, 'vllm-epp').container;
      const { spec } = find(rendered, 'Service', 'vllm-epp-replicas');
      return { told: args.includes('--peers=vllm-epp-replicas:9090'), spec };
    };
    const portsNamed = (...names: readonly string[]) =>
      expect.objectContaining({ ports: names.map((name) => expect.objectContaining({ name })) });
    expect(await render()).toEqual({ told: true, spec: portsNamed('grpc', 'http-peers') });
    expect(await render('peers.enabled=false')).toEqual({ told: false, spec: portsNamed('grpc') });
  });

  it('takes the values of a chart of llm-d', async () => {
    const values = {
      router: {
        epp: {
          replicas: 3,
          image: { registry: 'registry.example', repository: 'team/serin', tag: 'v1', pullPolicy: 'Always' },
          pluginsConfigFile: 'default-plugins.yaml',
          env: [{ name: 'A', value: 'b' }],
          tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists' }],
        },
        modelServers: { type: 'vllm', protocol: 'http', matchLabels: { app: 'x' } },
        tracing: { enabled: false },
      },
    };
    const file = join(helm.folder, 'values.yaml');
    await writeFile(file, stringify(values));
    const rendered = objects(await helm.render('-f', file));
    const { spec, pod, container } = deployed(rendered, 'vllm-epp');
    expect([spec.replicas, container.image]).toEqual([3, 'registry.example/team/serin:v1']);
    expect(pod.tolerations).toEqual(values.router.epp.tolerations);
  });
});
