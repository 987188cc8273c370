import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Cluster, startCluster, upstreamCrds } from './cluster.ts';

const POLICIES = join(import.meta.dirname, '../../manifests/chart/files/admission');
const XK8S = 'inference.networking.x-k8s.io';

/** LLMRoute as a mesh may have it: any object passes. */
const LOOSE_ROUTES = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'llmroutes.istio.alibabacloud.com' },
  spec: {
    group: 'istio.alibabacloud.com',
    scope: 'Namespaced',
    names: { kind: 'LLMRoute', plural: 'llmroutes', singular: 'llmroute' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

function model(targetModels: readonly unknown[]) {
  const spec = { modelName: 'lora-request', poolRef: { name: 'pool' }, targetModels };
  return { apiVersion: `${XK8S}/v1alpha1`, kind: 'InferenceModel', metadata: { name: 'm' }, spec };
}

function rewrite(...targets: readonly (readonly unknown[] | undefined)[]) {
  const spec = { poolRef: { name: 'pool' }, rules: targets.map((each) => ({ targets: each })) };
  return { apiVersion: `${XK8S}/v1alpha2`, kind: 'InferenceModelRewrite', metadata: { name: 'r' }, spec };
}

function route(rules: readonly unknown[]) {
  const metadata = { name: 'route' };
  return { apiVersion: 'istio.alibabacloud.com/v1', kind: 'LLMRoute', metadata, spec: { host: '*', rules } };
}

const MIXED = [{ modelRewrite: 'a', weight: 1 }, { modelRewrite: 'b' }];
const CASES = [
  ['weights that are all 0', model([{ name: 'a', weight: 0 }]), 'at least one weight of spec.targetModels'],
  ['mixed weights in a rewrite', rewrite(MIXED), 'either all targets of a rule have a weight or none has'],
  ['mixed weights in a second rule', rewrite([{ modelRewrite: 'a' }], MIXED), 'either all targets of a rule'],
  ['a rule without targets', rewrite(undefined), 'every rule has to have targets'],
  ['a route without a pool', route([]), 'spec.rules has to name an InferencePool'],
] as const;

/** The kinds of two upstream generations, which share no name here, and a mesh's own. */
async function startMixed(): Promise<Cluster> {
  const cluster = await startCluster();
  const { kubectl } = cluster;
  await kubectl('create', '-f', join(upstreamCrds('v0.1.0'), `${XK8S}_inferencemodels.yaml`));
  await kubectl('create', '-f', join(upstreamCrds('v1.5.0'), `${XK8S}_inferencemodelrewrites.yaml`));
  await cluster.apply(JSON.stringify(LOOSE_ROUTES));
  await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  return cluster;
}

describe('the admission policies', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startMixed();
  });
  afterAll(() => cluster.stop());

  const apply = (object: unknown) => cluster.apply(JSON.stringify(object), '--dry-run=server');

  it('are needed: upstream lets such objects pass', async () => {
    const passed = await Promise.all(CASES.slice(0, 3).map(([, object]) => apply(object)));
    expect(passed.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  describe('once they are applied', () => {
    beforeAll(async () => {
      expect(await cluster.kubectl('apply', '-k', POLICIES)).toMatchObject({ code: 0 });
      // The server takes a moment to compile them, and to see them.
      for (const object of [CASES[0][1], rewrite(MIXED), route([])]) {
        const refused = async () => expect((await apply(object)).code).toBe(1);
        await vi.waitFor(refused, { timeout: 30_000, interval: 200 });
      }
    });

    it.each(CASES)('refuse %s', async (_, object, message) => {
      expect(await apply(object)).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    });

    it.each([
      [
        'a canary',
        model([
          { name: 'a', weight: 90 },
          { name: 'b', weight: 10 },
        ]),
      ],
      [
        'a target without traffic beside one with it',
        model([
          { name: 'a', weight: 0 },
          { name: 'b', weight: 1 },
        ]),
      ],
      ['a model without targets', model([])],
      ['a rewrite without weights', rewrite([{ modelRewrite: 'a' }, { modelRewrite: 'b' }])],
      [
        'a route to a pool',
        route([{ backendRefs: [{ backendRef: { kind: 'InferencePool', name: 'pool' } }] }]),
      ],
    ])('let %s pass', async (_, object) => {
      expect(await apply(object)).toMatchObject({ code: 0 });
    });
  });
});
