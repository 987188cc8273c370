import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyOwn, helm, kubectl, manifests, setting } from './kubectl.ts';
import { deployVllm, type SnapshotPage, serinPage, VLLM } from './vllm.ts';

const NAMESPACE = 'chart';
const EPP = `${VLLM}-epp`;
const POOL_CRD = 'v1.5.0/inference.networking.k8s.io_inferencepools.yaml';
const SET = `crds.install=true,router.epp.replicas=1,router.modelServers.matchLabels.app=${VLLM}`;

const inNamespace = ['-n', NAMESPACE];
const release = (...args: readonly string[]) => helm(...args, ...inNamespace, '--wait', '--timeout', '150s');

interface ReadyPage {
  readonly ready: boolean;
  readonly kubernetes: { readonly kinds: readonly { readonly state: string }[] };
}

beforeAll(async () => {
  await kubectl('apply', '-f', join(setting('SERIN_UPSTREAM_CRDS'), POOL_CRD));
  // The chart brings the pool, in the newest generation.
  await deployVllm(NAMESPACE);
});
afterAll(async () => {
  await kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
  // With it, the name `inferencepool` alone would no longer mean the seed's.
  await kubectl('delete', '-f', join(setting('SERIN_UPSTREAM_CRDS'), POOL_CRD));
});

/** How the watches of Serin stand; none may lack a right. */
async function watchStates(): Promise<ReadonlySet<string>> {
  const { kubernetes } = await serinPage<ReadyPage>(NAMESPACE, EPP, '9090/readyz');
  return new Set(kubernetes.kinds.map(({ state }) => state));
}

describe('the chart on a node', () => {
  it('installs a picker that is ready, and serves the pods of its pool', async () => {
    await release('install', VLLM, manifests('chart'), '--set', SET);
    const { pools } = await serinPage<SnapshotPage>(NAMESPACE, EPP, '9091/debug/snapshot');
    expect(pools.map(({ endpoints }) => endpoints.length)).toEqual([3]);
    expect(await watchStates()).toEqual(new Set(['current']));
  });

  it('is upgraded with the values of the release before', async () => {
    const flags = ['--reuse-values', '--set', 'router.epp.flags.v=4'];
    await release('upgrade', VLLM, manifests('chart'), ...flags);
    const path = 'jsonpath={.spec.template.spec.containers[0].args}';
    const [deployed, args] = await Promise.all([
      helm('get', 'values', VLLM, ...inNamespace, '-o', 'json'),
      kubectl('get', ...inNamespace, `deployment/${EPP}`, '-o', path),
    ]);
    expect(JSON.parse(deployed)).toMatchObject({ router: { epp: { replicas: 1, flags: { v: 4 } } } });
    expect(args).toContain('"--v=4"');
    expect(await serinPage(NAMESPACE, EPP, '9090/readyz')).toMatchObject({ ready: true });
  });

  it('serves the pools of all namespaces once it is told to, with the rights that it then has', async () => {
    await release('upgrade', VLLM, manifests('chart'), '--reuse-values', '--set', 'clusterWide.enabled=true');
    const { pools } = await serinPage<SnapshotPage>(NAMESPACE, EPP, '9091/debug/snapshot');
    expect(pools.map(({ endpoints }) => endpoints.length)).toContain(3);
    expect(await watchStates()).toEqual(new Set(['current']));
  });

  it('leaves nothing behind but CRDs', async () => {
    await release('uninstall', VLLM);
    const kinds = [
      'deployments,replicasets,services,serviceaccounts,roles,rolebindings,networkpolicies',
      'poddisruptionbudgets,inferencepools.inference.networking.k8s.io,clusterroles,clusterrolebindings',
    ].join(',');
    expect(await kubectl('get', kinds, ...inNamespace, '-l', `app=${EPP}`, '-o', 'name')).toBe('');
    await kubectl('wait', ...inNamespace, '--for=delete', 'pod', '-l', `app=${EPP}`, '--timeout=60s');
    const crd = 'inferencemodels.inference.networking.x-k8s.io';
    expect(await kubectl('get', 'crd', crd, '-o', 'name')).toContain(crd);
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
