import { describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { follow } from './following.ts';
import { model, XK8S } from './objects.ts';
import { MODELS, POOLS, startCluster } from './test-cluster.ts';

describe('an object that is invalid', () => {
  test('keeps its last good version while a good one beside it is edited', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    api.put(MODELS, model('n', 'other', { x: 1 }));
    const following = follow(api);
    await following.source.synced;
    api.put(MODELS, model('m', 'lora-request', { a: 90, b: undefined }));
    await eventually(() =>
      expect(following.told).toEqual([
        `InferenceModel default/m (${XK8S}/v1alpha2): spec.targetModels[1].weight: is missing, but other targets of this list have one: give all of them a weight, or none`,
      ]),
    );
    api.put(MODELS, model('n', 'other', { x: 1, y: 3 }));
    await eventually(() => expect(following.targets('other')).toEqual({ x: 1, y: 3 }));
    expect(following.targets('lora-request')).toEqual({ a: 1, b: 1 });
    api.put(MODELS, model('m', 'lora-request', { a: 90, b: 10 }));
    await eventually(() => expect(following.targets('lora-request')).toEqual({ a: 90, b: 10 }));
    expect(following.told.slice(1)).toEqual([expect.stringMatching(/^mended: InferenceModel default\/m /)]);
  });

  test('and never was valid refuses the names that it means to serve', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    api.put(MODELS, model('m', 'lora-request', { a: 90, b: undefined }));
    const following = follow(api);
    await following.source.synced;
    expect(following.targets('lora-request')).toMatch(/^spec.targetModels\[1\].weight is missing/);
  });

  test('and was made anew under its name inherits nothing', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    const following = follow(api);
    await following.source.synced;
    api.remove(MODELS, 'm');
    api.put(MODELS, model('m', 'lora-request', { a: 90, b: undefined }));
    await eventually(() => expect(following.targets('lora-request')).toMatch(/is missing/));
  });

  test('and a pool keeps its pods', async () => {
    const api = await startCluster('10.0.0.1', '10.0.0.2');
    const following = follow(api);
    await following.source.synced;
    api.put(POOLS, { metadata: { name: 'pool' }, spec: {} });
    await eventually(() => expect(following.told).toHaveLength(2));
    expect(following.addresses()).toEqual(['10.0.0.1:8000', '10.0.0.2:8000']);
  });
});

test('what is written about an object makes no snapshot, and an edit of its spec does', async () => {
  const api = await startCluster('10.0.0.1', '10.0.0.2');
  const put = (weights: Record<string, number>, generation: number, conditions: readonly object[]) => {
    const { metadata, spec } = model('m', 'lora-request', weights);
    api.put(MODELS, { metadata: { ...metadata, generation }, spec, status: { conditions } });
  };
  put({ a: 1 }, 1, []);
  const following = follow(api);
  await following.source.synced;
  const { policy } = following.published;
  const condition = { type: 'Ready', status: 'True', reason: 'R', message: '', lastTransitionTime: '' };
  put({ a: 1 }, 1, [condition]);
  const observed = () => following.source.subjects().map((subject) => subject.observed.conditions);
  await eventually(() => expect(observed()).toEqual([[condition]]));
  expect(following.published.policy).toBe(policy);
  put({ a: 2 }, 2, [condition]);
  await eventually(() => expect(following.targets('lora-request')).toEqual({ a: 2 }));
  expect(following.published.policy).toBe(policy + 1);
});

test('an edit of the annotations that mark targets is one of the policy, though the generation stays', async () => {
  const api = await startCluster('10.0.0.1');
  const put = (annotations: Readonly<Record<string, string>>) => {
    const { metadata, spec } = model('m', 'lora-request', { a: 1, b: 9 });
    api.put(MODELS, { metadata: { ...metadata, generation: 1, annotations }, spec });
  };
  put({ team: 'search' });
  const following = follow(api);
  await following.source.synced;
  expect(following.roles('lora-request')).toEqual({ a: 'canary', b: 'stable' });
  const { policy } = following.published;
  put({ 'serin.dev/roles': 'a=stable' });
  await eventually(() => expect(following.roles('lora-request')).toEqual({ a: 'stable', b: 'canary' }));
  expect(following.published.policy).toBe(policy + 1);
  put({ 'serin.dev/roles': 'a=stable', team: 'chat' });
  put({ 'serin.dev/roles': 'b=stable', team: 'chat' });
  await eventually(() => expect(following.roles('lora-request')).toEqual({ a: 'canary', b: 'stable' }));
  expect(following.published.policy).toBe(policy + 2);
});
