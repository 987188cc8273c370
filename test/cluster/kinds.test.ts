import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster, upstreamCrds } from './cluster.ts';
import { eventually } from './eventually.ts';
import { flatPool, type LiveSerin, modelOf, serveOn } from './live-serin.ts';

const CRDS = join(import.meta.dirname, '../../manifests/crds');
const MODELS_CRD = 'inferencemodels.inference.networking.x-k8s.io';

const V1_POOL = `
apiVersion: inference.networking.k8s.io/v1
kind: InferencePool
metadata: { name: pool }
spec:
  targetPorts: [{ number: 8000 }]
  selector: { matchLabels: { app: vllm } }
  endpointPickerRef: { name: serin, port: { number: 9002 } }
`;
const REWRITE = `
apiVersion: inference.networking.x-k8s.io/v1alpha2
kind: InferenceModelRewrite
metadata: { name: r }
spec:
  poolRef: { name: pool }
  rules:
  - matches: [{ model: { type: Exact, value: lora-request } }]
    targets: [{ modelRewrite: sql-lora, weight: 90 }, { modelRewrite: sql-lora-1, weight: 10 }]
`;

async function ready(cluster: Cluster): Promise<void> {
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
}

/** Names of the models of the only pool. */
async function modelsOf(serin: LiveSerin): Promise<readonly string[] | undefined> {
  const [pool] = (await serin.view()).pools;
  return pool && Object.keys(pool.models);
}

/** The kinds that are read, with their versions. */
async function current(serin: LiveSerin): Promise<readonly string[]> {
  const { kinds } = (await serin.view()).kubernetes;
  return kinds
    .filter(({ state }) => state === 'current')
    .map(({ kind, apiVersion }) => `${kind} ${apiVersion}`);
}

describe('Serin reads the generation', () => {
  test.each([
    [
      'v0.1.0' as const,
      `${flatPool(8000, 'v1alpha1')}---${modelOf({ a: 9, b: 1 }, { version: 'v1alpha1' })}`,
      ['InferencePool', 'InferenceModel'].map((kind) => `${kind} inference.networking.x-k8s.io/v1alpha1`),
    ],
    [
      'v0.5.1' as const,
      `${flatPool(8000)}---${modelOf({ a: 9, b: 1 })}`,
      ['InferencePool', 'InferenceModel'].map((kind) => `${kind} inference.networking.x-k8s.io/v1alpha2`),
    ],
    [
      'v1.5.0' as const,
      `${V1_POOL}---${REWRITE}`,
      [
        'InferencePool inference.networking.k8s.io/v1',
        'InferenceModelRewrite inference.networking.x-k8s.io/v1alpha2',
        'InferenceObjective inference.networking.x-k8s.io/v1alpha2',
      ],
    ],
  ])('%s as upstream serves it', async (generation, manifests, kinds) => {
    const cluster = await startCluster();
    try {
      await cluster.kubectl('apply', '--server-side', '-f', upstreamCrds(generation));
      await ready(cluster);
      expect(await cluster.apply(manifests)).toMatchObject({ code: 0 });
      const serin = await serveOn(cluster);
      expect(await modelsOf(serin)).toEqual(['lora-request']);
      expect(await current(serin)).toEqual(['Pod v1', ...kinds]);
    } finally {
      await cluster.stop();
    }
  });
});

describe('on one server', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(['reader', 'somebody']);
    await cluster.kubectl('create', '-k', CRDS);
    await ready(cluster);
    await cluster.apply(`${flatPool(8000)}---${modelOf({ a: 1 })}`);
  });
  afterAll(() => cluster.stop());

  test('a kind in two versions is read in one, and its objects conflict with nothing', async () => {
    await cluster.apply(modelOf({ x: 1 }, { version: 'v1alpha1', name: 'old', modelName: 'old-model' }));
    const serin = await serveOn(cluster);
    expect(await modelsOf(serin)).toEqual(['lora-request', 'old-model']);
    expect((await serin.view()).conflicts).toEqual([]);
    const models = (await current(serin)).filter((kind) => kind.startsWith('InferenceModel '));
    expect(models).toEqual(['InferenceModel inference.networking.x-k8s.io/v1alpha2']);
    await cluster.kubectl('delete', 'inferencemodels', 'old');
    await eventually(async () => expect(await modelsOf(serin)).toEqual(['lora-request']));
  });

  test('a kind that RBAC forbids is named with its rule, and read once the rule is there', async () => {
    const role = (...resources: readonly string[]) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader }
rules:
- { apiGroups: [''], resources: [pods], verbs: [list, watch] }
- apiGroups: [inference.networking.x-k8s.io, llm-d.ai, istio.alibabacloud.com]
  resources: [${['inferencepools', 'llmroutes', 'inferenceobjectives', 'inferencemodelrewrites', ...resources].join(', ')}]
  verbs: [list, watch]
`;
    await cluster.apply(role());
    await cluster.kubectl('create', 'rolebinding', 'reader', '--role=reader', '--user=reader');
    const serin = await serveOn(cluster, { user: 'reader' });
    const forbidden = async () =>
      (await serin.view()).kubernetes.kinds.filter(({ state }) => state === 'forbidden');
    expect(await forbidden()).toEqual([
      {
        kind: 'InferenceModel',
        apiVersion: 'inference.networking.x-k8s.io/v1alpha2',
        namespace: 'default',
        state: 'forbidden',
        missingRule: {
          apiGroups: ['inference.networking.x-k8s.io'],
          resources: ['inferencemodels'],
          verbs: ['list', 'watch'],
        },
      },
    ]);
    expect(await modelsOf(serin)).toEqual([]);
    await cluster.apply(role('inferencemodels'));
    await eventually(async () => expect(await modelsOf(serin)).toEqual(['lora-request']));
    expect(await forbidden()).toEqual([]);
  });

  test('without any right Serin is ready, and names a rule for each kind that is there', async () => {
    const serin = await serveOn(cluster, { user: 'somebody' });
    const { kinds } = (await serin.view()).kubernetes;
    expect(kinds.filter(({ missingRule }) => missingRule !== undefined)).toHaveLength(8);
    expect(await serin.ask()).toMatchObject({ refused: 'serin_no_endpoint' });
  });

  test('a CRD that is deleted is dropped, and read again once it is made anew', async () => {
    const serin = await serveOn(cluster);
    expect(await modelsOf(serin)).toEqual(['lora-request']);
    expect(await cluster.kubectl('delete', 'crd', MODELS_CRD)).toMatchObject({ code: 0 });
    const state = async () =>
      (await serin.view()).kubernetes.kinds.find(({ kind }) => kind === 'InferenceModel')?.state;
    await eventually(async () => expect(await state()).toBe('absent'));
    expect(await modelsOf(serin)).toEqual([]);
    await cluster.kubectl('create', '-k', CRDS);
    await ready(cluster);
    await cluster.apply(modelOf({ b: 1 }));
    await eventually(async () => expect(await modelsOf(serin)).toEqual(['lora-request']));
    expect(await state()).toBe('current');
  });
});
