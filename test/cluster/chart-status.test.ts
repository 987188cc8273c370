import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { leaseNameOf } from '../../src/sources/kubernetes/status/lease.ts';
import { POOL_VALUE } from './chart-values.ts';
import { type Helm, startHelm } from './helm.ts';
import { deployed, find, type Manifest, objects, rulesOf, scopeOf } from './rendered.ts';

const STATUS = join(import.meta.dirname, '../../manifests/components/status');

let helm: Helm;
beforeAll(async () => {
  helm = await startHelm();
});
afterAll(() => helm.stop());

async function rendered(...settings: readonly string[]): Promise<readonly Manifest[]> {
  const set = [POOL_VALUE, 'status.enabled=true', ...settings].join(',');
  return objects(await helm.render('--set', set));
}

/** The component's objects, with the shipped Role. */
async function shipped(): Promise<readonly Manifest[]> {
  const own = join(STATUS, '../../serin');
  const [role, lease] = await Promise.all(
    [`${own}/role.yaml`, `${STATUS}/role.yaml`].map((path) => readFile(path, 'utf8')),
  );
  return objects(`${role}---\n${lease}`);
}

const flagsOf = (manifests: readonly Manifest[]) => deployed(manifests, 'vllm-epp').container.args;

describe('the chart with status', () => {
  it('has the rights that the component has', async () => {
    const [theirs, ours] = [await rendered(), await shipped()];
    const { patches } = parse(await readFile(join(STATUS, 'kustomization.yaml'), 'utf8'));
    const added = parse(patches[0].patch).map(({ value }: { value: unknown }) => value);
    expect(rulesOf(theirs, 'Role', 'vllm-epp')).toEqual([...rulesOf(ours, 'Role', 'serin'), ...added]);
    const [named, create] = rulesOf(ours, 'Role', 'serin-status');
    expect(rulesOf(theirs, 'Role', 'vllm-epp-status')).toEqual([
      { ...named, resourceNames: ['serin-status-vllm'] },
      create,
    ]);
    expect(flagsOf(theirs)).toContain('--write-status');
  });

  it.each([[[]], [['clusterWide.enabled=true']]])(
    'names the one lease that Serin takes with %j',
    async (more) => {
      const manifests = await rendered(...more);
      const scope = scopeOf(flagsOf(manifests));
      const [named] = rulesOf(manifests, 'Role', 'vllm-epp-status');
      expect(named.resourceNames).toEqual([scope && leaseNameOf(scope)]);
    },
  );

  it.each(['router.inferencePool.create=false', 'clusterWide.enabled=true,router.epp.flags.namespaces=a'])(
    'names no lease with %s, whose name is a hash',
    async (more) => {
      const manifests = await rendered(more);
      const scope = scopeOf(flagsOf(manifests));
      expect(scope && leaseNameOf(scope)).toMatch(/^serin-status-[0-9a-f]{8}$/);
      const [named] = rulesOf(manifests, 'Role', 'vllm-epp-status');
      expect(named.resourceNames).toBeUndefined();
    },
  );

  it('may write status everywhere by a cluster role, and have a lease in its own namespace alone', async () => {
    const [one, all] = [await rendered(), await rendered('clusterWide.enabled=true')];
    expect(rulesOf(all, 'ClusterRole', 'vllm-epp')).toEqual(rulesOf(one, 'Role', 'vllm-epp'));
    expect(find(all, 'Role', 'vllm-epp-status').metadata.namespace).toBe('default');
    const { roleRef, subjects } = find(all, 'RoleBinding', 'vllm-epp-status');
    expect([roleRef, subjects]).toEqual([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'vllm-epp-status' },
      [{ kind: 'ServiceAccount', name: 'vllm-epp', namespace: 'default' }],
    ]);
  });
});
