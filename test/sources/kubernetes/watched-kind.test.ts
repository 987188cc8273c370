import { describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { startFakeApi } from './fake-api-server.ts';
import { follow } from './following.ts';
import { model, poolV1, rewrite, V1, XK8S } from './objects.ts';
import { ALPHA1_MODELS, ALPHA2_MODELS, MODELS, POOLS, startCluster } from './test-cluster.ts';

describe('a kind', () => {
  test('that serves two versions is read in the newest that Serin knows, and conflicts with nothing', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    api.install(ALPHA1_MODELS, 'InferenceModel');
    api.install(`${XK8S}/v1/inferencemodels`, 'InferenceModel');
    const following = follow(api);
    await following.source.synced;
    expect(following.states()).toMatchObject({ [`InferenceModel ${XK8S}/v1alpha2`]: 'current' });
    const paths = new Set(api.asked.map(({ path }) => path).filter((path) => path.endsWith('models')));
    expect([...paths]).toEqual([`/apis/${XK8S}/v1alpha2/namespaces/default/inferencemodels`]);
    expect(following.targets('lora-request')).toEqual({ a: 1, b: 1 });
  });

  test('whose newest version the server does not tell of is not read in an older one meanwhile', async () => {
    const api = await startCluster();
    api.install(ALPHA1_MODELS, 'InferenceModel');
    api.failWith(({ path }) => (path === `/apis/${XK8S}/v1alpha2` ? { status: 503 } : undefined));
    const following = follow(api);
    await eventually(() =>
      expect(following.states()).toMatchObject({
        [`InferencePool ${V1}/v1`]: 'current',
        'Pod /v1': 'current',
      }),
    );
    expect(following.states()).toMatchObject({ [`InferenceModel ${XK8S}/undefined`]: 'syncing' });
    expect(following.lists).not.toContain('InferenceModel');
    api.failWith(() => undefined);
    await following.source.synced;
    expect(following.states()).toMatchObject({ [`InferenceModel ${XK8S}/v1alpha2`]: 'current' });
  });

  test('in two groups may have one name twice: the older object counts, and then the other', async () => {
    const api = await startCluster('10.0.0.1');
    api.install(`${XK8S}/v1alpha2/inferencepools`, 'InferencePool');
    const metadata = { name: 'pool', creationTimestamp: '2025-01-31T12:00:00Z' };
    const spec = { selector: { app: 'vllm' }, targetPortNumber: 9000 };
    api.put(`${XK8S}/inferencepools`, { metadata, spec });
    const v1 = poolV1('pool');
    api.put(POOLS, { ...v1, metadata: { ...v1.metadata, creationTimestamp: '2026-01-31T12:00:00Z' } });
    const following = follow(api);
    await following.source.synced;
    expect(following.addresses()).toEqual(['10.0.0.1:9000']);
    api.remove(`${XK8S}/inferencepools`, 'pool');
    await eventually(() => expect(following.addresses()).toEqual(['10.0.0.1:8000']));
  });

  test('that goes over to another version keeps its objects on the way', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    api.install(ALPHA1_MODELS, 'InferenceModel');
    api.uninstall(ALPHA2_MODELS);
    api.put(MODELS, model('m', 'lora-request', { a: 1, b: 1 }));
    const following = follow(api);
    await following.source.synced;
    expect(following.states()).toMatchObject({ [`InferenceModel ${XK8S}/v1alpha1`]: 'current' });
    api.failWith(({ path }) =>
      path.startsWith(`/apis/${XK8S}/v1alpha2/namespaces`) ? { status: 500 } : undefined,
    );
    api.install(ALPHA2_MODELS, 'InferenceModel');
    await eventually(() => expect(following.failures).toContain('InferenceModel list 500'));
    expect(following.states()).toMatchObject({ [`InferenceModel ${XK8S}/v1alpha2`]: 'old' });
    expect(following.targets('lora-request')).toEqual({ a: 1, b: 1 });
    api.failWith(() => undefined);
    api.put(MODELS, model('m', 'lora-request', { a: 3 }));
    await eventually(() => expect(following.targets('lora-request')).toEqual({ a: 3 }));
    expect(following.states()).toMatchObject({ [`InferenceModel ${XK8S}/v1alpha2`]: 'current' });
  });

  test('that is installed later is read then', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    const following = follow(api);
    await following.source.synced;
    api.install('llm-d.ai/v1alpha2/inferencemodelrewrites', 'InferenceModelRewrite');
    api.put('llm-d.ai/inferencemodelrewrites', rewrite('r', 'lora', { a: 9, b: 1 }));
    await eventually(() => expect(following.targets('lora')).toEqual({ a: 9, b: 1 }));
    expect(following.states()).toMatchObject({ 'InferenceModelRewrite llm-d.ai/v1alpha2': 'current' });
  });

  test('that is removed is dropped at once, and read again when it is back', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    // No look at what there is comes by itself before the list that fails asks for one.
    const timing = { discoveryMs: 5_000 };
    const following = follow(api, { timing });
    await following.source.synced;
    const looks = () => api.asked.filter(({ path }) => path === `/apis/${XK8S}/v1alpha2`).length;
    const before = looks();
    const startedMs = performance.now();
    api.uninstall(ALPHA2_MODELS);
    await eventually(() =>
      expect(Object.keys(following.states())).toEqual(['Pod /v1', `InferencePool ${V1}/v1`]),
    );
    expect(looks() - before).toBeGreaterThan(1);
    expect(performance.now() - startedMs).toBeLessThan(timing.discoveryMs);
    expect(following.targets('lora-request')).toBe(undefined);
    expect(following.addresses()).toEqual(['10.0.0.1:8000', '10.0.0.2:8000']);
    api.install(ALPHA2_MODELS, 'InferenceModel');
    api.put(MODELS, model('m', 'lora-request', { a: 2 }));
    await eventually(() => expect(following.targets('lora-request')).toEqual({ a: 2 }));
  });

  test('that one answer of discovery lacks is kept: one server of several may not know it yet', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    let times = 0;
    const following = follow(api);
    await following.source.synced;
    api.failWith(({ path }) =>
      path === `/apis/${XK8S}/v1alpha2` && times++ < 1 ? { status: 404 } : undefined,
    );
    const before = api.asked.length;
    await eventually(() =>
      expect(
        api.asked.slice(before).filter(({ path }) => path === `/apis/${XK8S}/v1alpha2`).length,
      ).toBeGreaterThan(3),
    );
    expect(following.targets('lora-request')).toEqual({ a: 1, b: 1 });
    expect(following.lists.filter((kind) => kind === 'InferenceModel')).toHaveLength(1);
  });

  test('that the cluster does not have counts as read', async () => {
    const api = await startFakeApi();
    const following = follow(api);
    await following.source.synced;
    expect(following.states()).toEqual({ 'Pod /v1': 'current' });
    expect(following.source.view().kinds).toHaveLength(9);
  });
});
