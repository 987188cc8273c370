import { describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { follow } from './following.ts';
import { model, pod, V1, XK8S } from './objects.ts';
import { MODELS, startCluster } from './test-cluster.ts';

test('reads pods, the pool and its models, and follows their edits', async () => {
  const api = await startCluster('10.0.0.1', '10.0.0.2');
  const following = follow(api);
  await following.source.synced;
  expect(following.addresses()).toEqual(['10.0.0.1:8000', '10.0.0.2:8000']);
  expect(following.targets('lora-request')).toEqual({ a: 1, b: 1 });
  expect(following.states()).toEqual({
    'Pod /v1': 'current',
    [`InferencePool ${V1}/v1`]: 'current',
    [`InferenceModel ${XK8S}/v1alpha2`]: 'current',
  });

  api.put(MODELS, model('m', 'lora-request', { a: 90, b: 10 }));
  await eventually(() => expect(following.targets('lora-request')).toEqual({ a: 90, b: 10 }));
  api.remove(MODELS, 'm');
  await eventually(() => expect(following.targets('lora-request')).toBe(undefined));
});

describe('a fresh source is not synced', () => {
  test('before discovery has told which kinds there are', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    api.failWith(({ path }) => (path === `/apis/${V1}/v1` ? { status: 503 } : undefined));
    const following = follow(api);
    let synced = false;
    void following.source.synced.then(() => {
      synced = true;
    });
    await eventually(() => expect(following.targets('lora-request', 'default/pool')).toBe(undefined));
    await eventually(() => expect(following.states()).toMatchObject({ 'Pod /v1': 'current' }));
    expect(following.states()).toMatchObject({ [`InferencePool ${V1}/undefined`]: 'syncing' });
    expect(synced).toBe(false);
    api.failWith(() => undefined);
    await following.source.synced;
    expect(following.addresses()).toEqual(['10.0.0.1:8000', '10.0.0.2:8000']);
  });

  test('but it is if discovery is forbidden, and it says so', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    api.failWith(({ path }) => (/^\/apis\/[^/]+\/[^/]+$/.test(path) ? { status: 403 } : undefined));
    const following = follow(api);
    await following.source.synced;
    expect(following.source.view().kinds[1]?.state).toEqual({
      kind: 'forbidden',
      verb: 'discovery',
      sinceMs: undefined,
    });
  });
});

test('a thousand pods that come at once are all there, and few snapshots are made of them', async () => {
  const api = await startCluster('10.0.0.1', '10.0.0.2');
  const following = follow(api);
  await following.source.synced;
  await eventually(() => expect(api.openWatches()).toBe(3));
  for (let n = 3; n < 1001; n++) api.put('/pods', pod(`p-${n}`, `10.1.${n >> 8}.${n & 255}`));
  await eventually(() => expect(following.addresses()).toHaveLength(1000));
  expect(following.published.members).toBeLessThan(100);
});
