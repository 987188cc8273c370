import { expect, test, vi } from 'vitest';
import { startFakeApi } from './fake-api-server.ts';
import { follow } from './following.ts';
import { model, pod, poolV1, V1, XK8S } from './objects.ts';

const POOLS = `${V1}/inferencepools`;
const MODELS = `${XK8S}/inferencemodels`;

/** A cluster with the pool, one model and two pods. */
async function startCluster() {
  const api = await startFakeApi();
  api.install(`${V1}/v1/inferencepools`, 'InferencePool');
  api.install(`${XK8S}/v1alpha2/inferencemodels`, 'InferenceModel');
  api.put(POOLS, poolV1('pool'));
  api.put(MODELS, model('m', 'lora-request', { a: 1, b: 1 }));
  api.put('/pods', pod('p-1', '10.0.0.1'));
  api.put('/pods', pod('p-2', '10.0.0.2'));
  return api;
}

test('reads pods, the pool and its models, and follows their edits', async () => {
  const api = await startCluster();
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
  api.put('/pods', pod('p-1', '10.0.0.1', { ready: 'False' }));
  await vi.waitFor(() => expect(following.targets('lora-request')).toEqual({ a: 90, b: 10 }));
  await vi.waitFor(() => expect(following.addresses()).toEqual(['10.0.0.2:8000']));
});
