import { describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { follow } from './following.ts';
import { pod, poolV1 } from './objects.ts';
import { POOLS, startCluster } from './test-cluster.ts';

describe('pods', () => {
  test('leave when they are not ready, when they terminate, and when they are deleted', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    api.put('/pods', pod('p-3', '10.0.0.3'));
    const following = follow(api);
    await following.source.synced;
    api.put('/pods', pod('p-1', '10.0.0.1', { ready: 'False' }));
    await eventually(() => expect(following.addresses()).toEqual(['10.0.0.2:8000', '10.0.0.3:8000']));
    api.put('/pods', pod('p-2', '10.0.0.2', { deletionTimestamp: '2026-01-31T12:00:00Z' }));
    await eventually(() => expect(following.addresses()).toEqual(['10.0.0.3:8000']));
    api.remove('/pods', 'p-3');
    await eventually(() => expect(following.addresses()).toEqual([]));
    api.put('/pods', pod('p-1', '10.0.0.1'));
    await eventually(() => expect(following.addresses()).toEqual(['10.0.0.1:8000']));
  });

  test('have one endpoint for each port of the pool, IPv4 and IPv6', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    api.put('/pods', pod('p-2', 'FD00::0002'));
    const ports = [{ number: 8000 }, { number: 8001 }];
    api.put(POOLS, {
      ...poolV1('pool'),
      spec: { selector: { matchLabels: { app: 'vllm' } }, targetPorts: ports },
    });
    const following = follow(api);
    await following.source.synced;
    expect(following.addresses()).toEqual([
      '10.0.0.1:8000',
      '10.0.0.1:8001',
      '[fd00::2]:8000',
      '[fd00::2]:8001',
    ]);
  });

  test('are those of the selector, also after the selector or their labels were edited', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    api.put('/pods', pod('q', '10.0.0.9', { labels: { app: 'other' } }));
    const following = follow(api);
    await following.source.synced;
    expect(following.addresses()).toEqual(['10.0.0.1:8000', '10.0.0.2:8000']);
    api.put(POOLS, poolV1('pool', { app: 'other' }));
    await eventually(() => expect(following.addresses()).toEqual(['10.0.0.9:8000']));
    api.put('/pods', pod('p-1', '10.0.0.1', { labels: { app: 'other', tier: 'a' } }));
    await eventually(() => expect(following.addresses()).toEqual(['10.0.0.1:8000', '10.0.0.9:8000']));
  });

  test('go with their pool, and come back with it', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    const following = follow(api);
    await following.source.synced;
    api.remove(POOLS, 'pool');
    await eventually(() => expect([...following.snapshot().pools.keys()]).toEqual([]));
    api.put(POOLS, poolV1('pool'));
    await eventually(() => expect(following.addresses()).toEqual(['10.0.0.1:8000', '10.0.0.2:8000']));
  });

  test('that no pool selects, and news that make no other endpoint, rebuild no snapshot', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    const following = follow(api);
    await following.source.synced;
    const { version } = following.snapshot();
    api.put('/pods', pod('q', '10.0.0.9', { labels: { app: 'other' } }));
    const { status, ...rest } = pod('p-1', '10.0.0.1');
    api.put('/pods', { ...rest, status: { ...Object(status), startTime: '2026-01-31T12:00:00Z' } });
    api.put('/pods', pod('p-3', '10.0.0.3'));
    await eventually(() => expect(following.addresses()).toContain('10.0.0.3:8000'));
    expect(following.snapshot().version).toBe(version + 1);
  });

  test('without an address, or that are none, are passed over', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    const following = follow(api);
    await following.source.synced;
    api.put('/pods', { metadata: { name: 'p-1', labels: { app: 'vllm' } } });
    api.put('/pods', { metadata: { name: 'p-2', labels: { app: 'vllm' } }, status: 'broken' });
    await eventually(() => expect(following.addresses()).toEqual([]));
  });
});
