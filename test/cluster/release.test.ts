import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_VALUES, CHART, OBJECTIVE_VALUES, POOL_VALUE } from './chart-values.ts';
import { type Cluster, startCluster, upstreamCrds } from './cluster.ts';
import { type Helm, startHelm } from './helm.ts';

describe('a release of the chart', () => {
  let cluster: Cluster;
  let kubeconfig: string;
  let upstreamPool: string;
  let helm: Helm;
  beforeAll(async () => {
    helm = await startHelm();
    cluster = await startCluster();
    kubeconfig = await cluster.server.writeKubeconfig(cluster.server.token('admin'));
    await cluster.kubectl('create', '-f', upstreamCrds('v1.5.0'));
    await cluster.establish('create', '-f', upstreamCrds('prometheus-operator'));
    upstreamPool = await crds();
  });
  afterAll(async () => {
    await cluster.stop();
    await helm.stop();
  });

  const release = (...args: readonly string[]) => helm.run(...args, '--kubeconfig', kubeconfig);

  const flags = (...settings: readonly string[]) => settings.flatMap((each) => ['--set', each]);
  const LINE = 'jsonpath={range .items[*]}{.metadata.name} {.metadata.generation}{"\\n"}{end}';
  const crds = async () => (await cluster.kubectl('get', 'crd', '-o', LINE)).stdout;

  it('adds the kinds that the cluster lacks and leaves upstream’s alone', async () => {
    const installed = await release('install', 'vllm', CHART, ...flags(POOL_VALUE, ...ALL_VALUES));
    expect(installed).toMatchObject({ code: 0 });
    const before = upstreamPool.trim().split('\n');
    const after = (await crds()).trim().split('\n');
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after.map((line) => line.split(' ')[0])).toEqual(
      expect.arrayContaining([
        'inferencemodels.inference.networking.x-k8s.io',
        'llmroutes.istio.alibabacloud.com',
      ]),
    );
    const pool = await cluster.kubectl('get', 'inferencepools.inference.networking.k8s.io', '-o', 'name');
    expect(pool.stdout.trim()).toBe('inferencepool.inference.networking.k8s.io/vllm');
  });

  it('is upgraded with the values that it had', async () => {
    const upgraded = await release(
      'upgrade',
      'vllm',
      CHART,
      '--reuse-values',
      ...flags('router.epp.flags.v=4', ...OBJECTIVE_VALUES),
    );
    expect(upgraded).toMatchObject({ code: 0 });
    const path = 'jsonpath={.spec.template.spec.containers[0].args}';
    expect((await cluster.kubectl('get', 'deployment', 'vllm-epp', '-o', path)).stdout).toContain('"--v=4"');
  });

  it('leaves nothing behind but CRDs when it is uninstalled', async () => {
    const removed = await release('uninstall', 'vllm', '--cascade', 'background');
    expect(removed).toMatchObject({ code: 0 });
    const kinds = [
      'all,roles,rolebindings,serviceaccounts,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers',
      'clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings',
      'servicemonitors,podmonitors,prometheusrules',
      'inferencepools.inference.networking.k8s.io,inferenceobjectives.llm-d.ai',
    ].join(',');
    const left = await cluster.kubectl('get', kinds, '-A', '-l', 'app=vllm-epp', '-o', 'name');
    expect(left.stdout).toBe('');
    const policies = await cluster.kubectl('get', 'validatingadmissionpolicies', '-o', 'name');
    expect(policies.stdout).toBe('');
    expect(await crds()).toContain('inferencemodels.inference.networking.x-k8s.io');
  });

  it('takes its CRDs up again when it is installed anew', async () => {
    const installed = await release('install', 'vllm', CHART, ...flags(POOL_VALUE, 'crds.install=true'));
    expect(installed).toMatchObject({ code: 0 });
  });
});
