import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, startCluster, upstreamCrds } from './cluster.ts';

const ROOT = join(import.meta.dirname, '../..');
const CRDS = join(ROOT, 'manifests/crds');
const XK8S = 'inference.networking.x-k8s.io';

const example = (path: string) => readFile(join(ROOT, 'examples', path), 'utf8');

async function createCrds(cluster: Cluster) {
  const created = await cluster.establish('create', '-k', CRDS);
  return created;
}

interface Target {
  readonly name: string;
  readonly weight?: number;
}

function model(name: string, targets: readonly Target[], extra: Readonly<Record<string, unknown>> = {}) {
  const poolRef = { name: 'vllm-llama2-7b-pool' };
  const spec = { modelName: 'lora-request', poolRef, targetModels: targets, ...extra };
  return { apiVersion: `${XK8S}/v1alpha2`, kind: 'InferenceModel', metadata: { name }, spec };
}

function rewrite(targets: readonly Readonly<Record<string, unknown>>[]) {
  const spec = { poolRef: { name: 'vllm-llama2-7b-pool' }, rules: [{ targets }] };
  return { apiVersion: 'llm-d.ai/v1alpha2', kind: 'InferenceModelRewrite', metadata: { name: 'r' }, spec };
}

function route(...pools: readonly string[]) {
  const rules = pools.map((name) => ({ backendRefs: [{ backendRef: { kind: 'InferencePool', name } }] }));
  const metadata = { name: 'route' };
  return { apiVersion: 'istio.alibabacloud.com/v1', kind: 'LLMRoute', metadata, spec: { host: '*', rules } };
}

function pool(selector: Readonly<Record<string, string>>) {
  const spec = { selector, targetPortNumber: 8000 };
  return { apiVersion: `${XK8S}/v1alpha2`, kind: 'InferencePool', metadata: { name: 'p' }, spec };
}

describe('the CRDs of the project on a cluster that has none', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    expect(await createCrds(cluster)).toMatchObject({ code: 0, stderr: '' });
  });
  afterAll(() => cluster.stop());

  it("take the seed's pool, model and route as they are", async () => {
    const seed = [
      'multi-lora/inferencepool.yaml',
      'multi-lora/inferencemodel.yaml',
      'multi-lora/llmroute.yaml',
    ];
    const texts = await Promise.all(seed.map(example));
    expect(await cluster.apply(texts.join('\n---\n'))).toMatchObject({ code: 0, stderr: '' });
  });

  it('serve pools and models in both old versions', async () => {
    const { kubectl } = cluster;
    const versions = ['v1alpha1', 'v1alpha2'].flatMap((version) =>
      ['inferencepools', 'inferencemodels'].map((plural) => `${plural}.${version}.${XK8S}`),
    );
    const found = await Promise.all(versions.map((name) => kubectl('get', name, '-o', 'name')));
    expect(found.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  });

  it('show what a canary does in a line', async () => {
    const canary = model('canary', [
      { name: 'sql-lora', weight: 90 },
      { name: 'sql-lora-1', weight: 10 },
    ]);
    await cluster.apply(JSON.stringify(canary));
    const { stdout } = await cluster.kubectl('get', 'infmodel', 'canary', '-o', 'wide');
    const [header = '', line = ''] = stdout.split('\n');
    const columns = ['NAME', 'MODEL', 'POOL', 'CRITICALITY', 'ACCEPTED', 'AGE', 'TARGETS'];
    expect(header.split(/ +/)).toEqual(columns);
    expect(line).toMatch(/^canary +lora-request +vllm-llama2-7b-pool +\S+ +\[.*\]$/);
    expect(JSON.parse(line.slice(line.indexOf('[')))).toEqual(canary.spec.targetModels);
  });

  it.each(['xinfpool', 'infmodel', 'infrewrite', 'xinfrewrite', 'infobj', 'xinfobj', 'llmr'])(
    'answer to the short name %s',
    async (name) => {
      expect((await cluster.kubectl('get', name)).code).toBe(0);
    },
  );

  it('keep a target with weight 0', async () => {
    const drained = model('drained', [
      { name: 'sql-lora', weight: 0 },
      { name: 'sql-lora-1', weight: 100 },
    ]);
    expect((await cluster.apply(JSON.stringify(drained))).code).toBe(0);
  });

  it.each([
    [
      'mixed weights',
      model('m', [{ name: 'a', weight: 1 }, { name: 'b' }]),
      'either all targets have a weight',
    ],
    ['weights that are all 0', model('m', [{ name: 'a', weight: 0 }]), 'at least one weight must be above 0'],
    ['a target twice', model('m', [{ name: 'a' }, { name: 'a' }]), 'a target may be named once'],
    [
      'a weight above a million',
      model('m', [{ name: 'a', weight: 1_000_001 }]),
      'less than or equal to 1000000',
    ],
    ['a model without a pool', model('m', [], { poolRef: undefined }), 'spec.poolRef: Required value'],
    ['a pool of another kind', model('m', [], { poolRef: { kind: 'Service', name: 'p' } }), 'InferencePool'],
    [
      'a misspelt field',
      model('m', [], { targetModel: [] }),
      '.spec.targetModel: field not declared in schema',
    ],
    ['a criticality that is none', model('m', [], { criticality: 'High' }), 'Unsupported value: "High"'],
    [
      'mixed weights in a rewrite',
      rewrite([{ modelRewrite: 'a' }, { modelRewrite: 'b', weight: 1 }]),
      'either all',
    ],
    ['a rewrite that serves nothing', rewrite([{ modelRewrite: 'a', weight: 0 }]), 'at least one weight'],
    ['a route to two pools', route('one', 'two'), 'a host is served by one pool'],
    ['a pool that selects every pod', pool({}), 'should have at least 1 properties'],
  ])('refuse %s', async (_, object, problem) => {
    const refused = await cluster.apply(JSON.stringify(object), '--server-side', '--validate=strict');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(problem) });
  });
});

describe('the CRDs of the project on a cluster that has upstream’s', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.kubectl('create', '-f', upstreamCrds('v0.5.1'));
  });
  afterAll(() => cluster.stop());

  it('leave those alone and add the others', async () => {
    const versions = [
      'get',
      'crd',
      '-o',
      'jsonpath={range .items[*]}{.metadata.name} {.metadata.uid} {.metadata.generation}{"\\n"}{end}',
    ];
    const before = (await cluster.kubectl(...versions)).stdout.trim().split('\n');
    const created = await createCrds(cluster);
    const after = (await cluster.kubectl(...versions)).stdout.trim().split('\n');
    expect(after).toEqual(expect.arrayContaining(before));
    expect(after.map((line) => line.split(' ')[0])).toEqual([
      'inferencemodelrewrites.inference.networking.x-k8s.io',
      'inferencemodelrewrites.llm-d.ai',
      'inferencemodels.inference.networking.x-k8s.io',
      'inferenceobjectives.inference.networking.x-k8s.io',
      'inferenceobjectives.llm-d.ai',
      'inferencepools.inference.networking.x-k8s.io',
      'llmroutes.istio.alibabacloud.com',
    ]);
    expect(created.stderr).toContain('"inferencemodels.inference.networking.x-k8s.io" already exists');
  });
});
