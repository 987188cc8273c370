import { describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { type FakeApi, startFakeApi } from './fake-api-server.ts';
import { follow } from './following.ts';
import { pod, poolV1 } from './objects.ts';
import { POOLS, startCluster } from './test-cluster.ts';

describe('the scope', () => {
  async function startNamespaces(): Promise<FakeApi> {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    for (const namespace of ['a', 'b', 'c']) {
      api.put(POOLS, { ...poolV1(`pool-${namespace}`), metadata: { name: `pool-${namespace}`, namespace } });
      api.put('/pods', pod(`pod-${namespace}`, `10.0.1.${namespace.charCodeAt(0)}`, { namespace }));
    }
    return api;
  }

  test('of one pool is its namespace, and of pools that one alone', async () => {
    const api = await startNamespaces();
    api.put(POOLS, poolV1('second'));
    const following = follow(api);
    await following.source.synced;
    expect([...following.snapshot().pools.keys()]).toEqual(['default/pool']);
    expect(
      api.asked.every(({ path }) => !path.includes('s/') || /^\/apis\/[^/]+\/[^/]+$|default/.test(path)),
    ).toBe(true);
  });

  test('of all pools is the cluster, each pool with the pods of its own namespace', async () => {
    const api = await startNamespaces();
    const following = follow(api, { scope: { kind: 'all', namespaces: [] } });
    await following.source.synced;
    expect([...following.snapshot().pools.keys()].sort()).toEqual([
      'a/pool-a',
      'b/pool-b',
      'c/pool-c',
      'default/pool',
    ]);
    expect(following.addresses('default/pool')).toEqual(['10.0.0.1:8000', '10.0.0.2:8000']);
    expect(following.addresses('b/pool-b')).toEqual(['10.0.1.98:8000']);
    // A pod of a namespace without any pool is nobody's, whatever its labels.
    api.put('/pods', pod('pod-d', '10.0.1.100', { namespace: 'd' }));
    api.put('/pods', pod('pod-c2', '10.0.1.101', { namespace: 'c' }));
    await eventually(() => expect(following.members()).toContain('pod-c2'));
    expect(following.members()).not.toContain('pod-d');
  });

  test('of some namespaces is those, asked for one by one', async () => {
    const api = await startNamespaces();
    const following = follow(api, { scope: { kind: 'all', namespaces: ['a', 'c'] } });
    await following.source.synced;
    expect([...following.snapshot().pools.keys()].sort()).toEqual(['a/pool-a', 'c/pool-c']);
    expect(following.addresses('c/pool-c')).toEqual(['10.0.1.99:8000']);
    const lists = api.asked.filter(({ path, query }) => path.endsWith('/pods') && query.watch !== '1');
    expect(lists.map(({ path }) => path).sort()).toEqual(
      ['a', 'c'].map((name) => `/api/v1/namespaces/${name}/pods`),
    );
  });

  test('of a selector needs no InferencePool: its pods bring their ports', async () => {
    const api = await startFakeApi();
    api.put('/pods', pod('p-1', '10.0.0.1', { labels: { app: 'vllm', tier: 'a' } }));
    api.put('/pods', pod('p-2', '10.0.0.2', { labels: { app: 'vllm', tier: 'b' } }));
    api.put('/pods', pod('p-3', '10.0.0.3', { labels: { app: 'x', tier: 'a' } }));
    const labelSelector = 'app=vllm,tier=a';
    const scope = { kind: 'selector', namespace: 'default', labelSelector, ports: [8000, 8001] } as const;
    const following = follow(api, { scope });
    await following.source.synced;
    expect(following.addresses('default/default')).toEqual(['10.0.0.1:8000', '10.0.0.1:8001']);
    api.put('/pods', pod('p-1', '10.0.0.1', { labels: { app: 'vllm', tier: 'a' }, ready: 'False' }));
    await eventually(() => expect(following.addresses('default/default')).toEqual([]));
    expect(api.asked.filter(({ path }) => path.includes('inferencepools'))).toEqual([]);
  });
});
