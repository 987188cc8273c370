import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyOwn, helm, kubectl, manifests, rolledOut, setting } from './kubectl.ts';

const NAMESPACE = 'chart';
const RELEASE = 'vllm-llama2-7b-pool';
const EPP = `${RELEASE}-epp`;
const POOL_CRD = 'v1.5.0/inference.networking.k8s.io_inferencepools.yaml';
const SET = `crds.install=true,router.epp.replicas=1,router.modelServers.matchLabels.app=${RELEASE}`;

const inNamespace = ['-n', NAMESPACE];
const release = (...args: readonly string[]) => helm(...args, ...inNamespace, '--wait', '--timeout', '150s');

beforeAll(async () => {
  await kubectl('apply', '-f', join(setting('SERIN_UPSTREAM_CRDS'), POOL_CRD));
  await kubectl('create', 'namespace', NAMESPACE);
  // The chart brings the pool, in the newest generation, and no model.
  await applyOwn((at) => ({
    namespace: NAMESPACE,
    resources: [at('seed-no-gpu')],
    patches: ['InferencePool', 'InferenceModel', 'LLMRoute'].map((kind) => ({
      target: { kind },
      patch: `{"$patch": "delete", "apiVersion": "v1", "kind": "${kind}", "metadata": {"name": "any"}}`,
    })),
  }));
  await rolledOut(RELEASE, NAMESPACE);
});
afterAll(async () => {
  await kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
  // With it, the name `inferencepool` alone would no longer mean the seed's.
  await kubectl('delete', '-f', join(setting('SERIN_UPSTREAM_CRDS'), POOL_CRD));
});

/** What Serin says of itself, read in its pod. */
async function page(path: string): Promise<string> {
  const script = `fetch('http://127.0.0.1:9090${path}').then((r) => r.text()).then(console.log)`;
  return kubectl('exec', ...inNamespace, `deployment/${EPP}`, '--', '/usr/local/bin/node', '-e', script);
}

interface SnapshotPage {
  readonly pools: readonly { readonly name: string; readonly endpoints: readonly unknown[] }[];
}

describe('the chart on a node', () => {
  it('installs a picker that is ready, and serves the pods of its pool', async () => {
    await release('install', RELEASE, manifests('chart'), '--set', SET);
    const { pools } = JSON.parse(await page('/debug/snapshot')) as SnapshotPage;
    expect(pools.map(({ endpoints }) => endpoints.length)).toEqual([3]);
  });

  it('is upgraded with the values of the release before', async () => {
    const flags = ['--reuse-values', '--set', 'router.epp.flags.v=4'];
    await release('upgrade', RELEASE, manifests('chart'), ...flags);
    const [deployed, args] = await Promise.all([
      helm('get', 'values', RELEASE, ...inNamespace, '-o', 'json'),
      kubectl(
        'get',
        ...inNamespace,
        `deployment/${EPP}`,
        '-o',
        'jsonpath={.spec.template.spec.containers[0].args}',
      ),
    ]);
    expect(JSON.parse(deployed)).toMatchObject({ router: { epp: { replicas: 1, flags: { v: 4 } } } });
    expect(args).toContain('"--v=4"');
    expect(JSON.parse(await page('/readyz'))).toMatchObject({ ready: true });
  });

  it('leaves nothing behind but CRDs', async () => {
    await release('uninstall', RELEASE);
    const kinds = [
      'deployments,replicasets,services,serviceaccounts,roles,rolebindings,networkpolicies',
      'poddisruptionbudgets,inferencepools.inference.networking.k8s.io',
    ].join(',');
    const left = () => kubectl('get', kinds, ...inNamespace, '-l', `app=${EPP}`, '-o', 'name');
    expect(await left()).toBe('');
    await kubectl('wait', ...inNamespace, '--for=delete', 'pod', '-l', `app=${EPP}`, '--timeout=60s');
    expect(
      await kubectl('get', 'crd', 'inferencemodels.inference.networking.x-k8s.io', '-o', 'name'),
    ).not.toBe('');
  });
});

describe('the roles of users', () => {
  beforeAll(() =>
    applyOwn((at) => ({ resources: [at('serin')], components: [at('components/user-roles')] })),
  );

  it.each([
    ['view', 'patch', 'no'],
    ['edit', 'patch', 'yes'],
  ])('who may %s a namespace may list its models; may they %s them? %s', async (role, verb, answer) => {
    const user = `${role}-of-models`;
    await kubectl('create', 'rolebinding', user, ...inNamespace, `--clusterrole=${role}`, `--user=${user}`);
    const may = (which: string) =>
      kubectl('auth', 'can-i', which, 'inferencemodels', ...inNamespace, `--as=${user}`).catch(() => 'no');
    // A controller brings the rules together; what it adds comes all at once.
    await expect.poll(() => may('list')).toBe('yes');
    expect(await may(verb)).toBe(answer);
  });
});
