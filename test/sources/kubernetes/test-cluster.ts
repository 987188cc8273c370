import { type FakeApi, startFakeApi } from './fake-api-server.ts';
import { model, pod, poolV1, V1, XK8S } from './objects.ts';

/** Where a fake server keeps objects: `group/plural`. */
export const POOLS = `${V1}/inferencepools`;
export const MODELS = `${XK8S}/inferencemodels`;

/** As what discovery shows their kinds. */
export const V1_POOLS = `${V1}/v1/inferencepools`;
export const ALPHA2_MODELS = `${XK8S}/v1alpha2/inferencemodels`;
export const ALPHA1_MODELS = `${XK8S}/v1alpha1/inferencemodels`;

/** A cluster with the pool, the model `lora-request` and pods `p-1`, `p-2` … with these addresses. */
export async function startCluster(...ips: readonly string[]): Promise<FakeApi> {
  const api = await startFakeApi();
  api.install(V1_POOLS, 'InferencePool');
  api.install(ALPHA2_MODELS, 'InferenceModel');
  api.put(POOLS, poolV1('pool'));
  api.put(MODELS, model('m', 'lora-request', { a: 1, b: 1 }));
  for (const [index, ip] of ips.entries()) api.put('/pods', pod(`p-${index + 1}`, ip));
  return api;
}
