import type { FakeObject } from './fake-api-server.ts';

export const XK8S = 'inference.networking.x-k8s.io';
export const V1 = 'inference.networking.k8s.io';

/** A pod as the kubelet reports it once it is ready. */
export function pod(name: string, ip: string, changes: Partial<PodChanges> = {}): FakeObject {
  const { labels = { app: 'vllm' }, ready = 'True', ...metadata } = changes;
  return {
    metadata: { name, labels, ...metadata },
    status: { podIP: ip, conditions: [{ type: 'Ready', status: ready }] },
  };
}

interface PodChanges {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ready: string;
  readonly deletionTimestamp: string;
}

/** An InferencePool v1. */
export function poolV1(name: string, labels: Readonly<Record<string, string>> = { app: 'vllm' }): FakeObject {
  return { metadata: { name }, spec: { selector: { matchLabels: labels }, targetPorts: [{ number: 8000 }] } };
}

/** An InferenceModel of the pool `pool`. */
export function model(
  name: string,
  modelName: string,
  weights: Readonly<Record<string, number | undefined>>,
): FakeObject {
  const targetModels = Object.entries(weights).map(([target, weight]) => ({ name: target, weight }));
  return { metadata: { name }, spec: { modelName, targetModels, poolRef: { name: 'pool' } } };
}

/** An InferenceModelRewrite of one name in the pool `pool`. */
export function rewrite(
  name: string,
  modelName: string,
  weights: Readonly<Record<string, number>>,
): FakeObject {
  const targets = Object.entries(weights).map(([modelRewrite, weight]) => ({ modelRewrite, weight }));
  const matches = [{ model: { type: 'Exact', value: modelName } }];
  return { metadata: { name }, spec: { poolRef: { name: 'pool' }, rules: [{ matches, targets }] } };
}
