import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Generation } from '../../scripts/cluster/upstream-crds.ts';
import { parseManifests } from '../../src/sources/manifests/parse-manifests.ts';
import { type Cluster, startCluster, upstreamCrds } from './cluster.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
const XK8S = 'inference.networking.x-k8s.io';

/** The pool as the two older generations spell it; what refers to the picker is required there. */
function flatPool(version: string, extensionRef: string): string {
  return `
apiVersion: ${XK8S}/${version}
kind: InferencePool
metadata:
  name: vllm-llama2-7b-pool
spec:
  targetPortNumber: 8000
  selector:
    app: vllm-llama2-7b-pool
${extensionRef}`;
}

function model(version: string, weights: readonly [number, number]): string {
  return `
apiVersion: ${XK8S}/${version}
kind: InferenceModel
metadata:
  name: inferencemodel-sample
spec:
  modelName: lora-request
  criticality: Critical
  poolRef:
    group: ${XK8S}
    kind: InferencePool
    name: vllm-llama2-7b-pool
  targetModels:
  - name: sql-lora
    weight: ${weights[0]}
  - name: sql-lora-1
    weight: ${weights[1]}
`;
}

const OBJECTIVE = `
apiVersion: ${XK8S}/v1alpha2
kind: InferenceObjective
metadata:
  name: batch
spec:
  priority: -1
  poolRef:
    name: vllm-llama2-7b-pool
`;

/** What the server gives back for every object of a kind, read as Serin reads manifests. */
async function readBack(cluster: Cluster, kinds: string): Promise<readonly string[]> {
  const { stdout } = await cluster.kubectl('get', kinds, '-o', 'json');
  const { items } = JSON.parse(stdout) as { readonly items: readonly unknown[] };
  const parsed = items.flatMap((item) => parseManifests('cluster', JSON.stringify(item), 'default').items);
  return parsed.map((item) => (item.kind === 'good' ? item.id : item.kind));
}

async function startGeneration(generation: Generation): Promise<Cluster> {
  const cluster = await startCluster();
  const applied = await cluster.kubectl('apply', '--server-side', '-f', upstreamCrds(generation));
  expect(applied).toMatchObject({ code: 0 });
  await cluster.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
  return cluster;
}

describe('the generation of the seed, v1alpha1', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startGeneration('v0.1.0');
  });
  afterAll(() => cluster.stop());

  it("refuses the seed's pool, since upstream requires a reference to the picker", async () => {
    const pool = await readFile(join(EXAMPLES, 'multi-lora/inferencepool.yaml'), 'utf8');
    expect(await cluster.apply(pool)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('spec.extensionRef: Required value'),
    });
  });

  it("takes the seed's pool once it names the picker, and the seed's model as it is", async () => {
    const pool = flatPool('v1alpha1', '  extensionRef:\n    name: serin\n');
    expect(await cluster.apply(pool)).toMatchObject({ code: 0 });
    const example = await readFile(join(EXAMPLES, 'multi-lora/inferencemodel.yaml'), 'utf8');
    expect(await cluster.apply(example)).toMatchObject({ code: 0 });
    expect(await readBack(cluster, 'inferencepools,inferencemodels')).toEqual([
      'InferencePool default/vllm-llama2-7b-pool',
      'InferenceModel default/inferencemodel-sample',
    ]);
  });

  it('takes a target without traffic', async () => {
    expect(await cluster.apply(model('v1alpha1', [0, 100]))).toMatchObject({ code: 0 });
  });
});

describe('the generation of v1alpha2', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startGeneration('v0.5.1');
  });
  afterAll(() => cluster.stop());

  it('takes a pool and a canary, and gives them back as Serin reads them', async () => {
    const pool = flatPool('v1alpha2', '  extensionRef:\n    name: serin\n    portNumber: 9002\n');
    expect(await cluster.apply(pool)).toMatchObject({ code: 0 });
    expect(await cluster.apply(model('v1alpha2', [90, 10]))).toMatchObject({ code: 0 });
    expect(await readBack(cluster, 'inferencepools,inferencemodels')).toEqual([
      'InferencePool default/vllm-llama2-7b-pool',
      'InferenceModel default/inferencemodel-sample',
    ]);
  });

  it('refuses a target without traffic', async () => {
    expect(await cluster.apply(model('v1alpha2', [0, 100]))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('spec.targetModels[0].weight'),
    });
  });
});

describe('the generation of v1', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startGeneration('v1.5.0');
  });
  afterAll(() => cluster.stop());

  it('takes a pool, a rewrite and an objective, and gives them back as Serin reads them', async () => {
    const canary = await readFile(join(EXAMPLES, 'canary/canary.yaml'), 'utf8');
    const ours = canary
      .replace('llm-d.ai/v1alpha2', `${XK8S}/v1alpha2`)
      .replace(
        '  targetPorts:',
        '  endpointPickerRef:\n    name: serin\n    port: {number: 9002}\n  targetPorts:',
      );
    expect(await cluster.apply(ours)).toMatchObject({ code: 0 });
    expect(await cluster.apply(OBJECTIVE)).toMatchObject({ code: 0 });
    const kinds = 'inferencepools.inference.networking.k8s.io,inferencemodelrewrites,inferenceobjectives';
    expect(await readBack(cluster, kinds)).toEqual([
      'InferencePool default/vllm-llama2-7b-pool',
      'InferenceModelRewrite default/sql-lora-canary',
      'InferenceObjective default/batch',
    ]);
  });

  it('refuses a pool without a reference to the picker', async () => {
    const canary = await readFile(join(EXAMPLES, 'canary/canary.yaml'), 'utf8');
    const [pool = ''] = canary.split('---');
    expect(await cluster.apply(pool.replace('vllm-llama2-7b-pool', 'another'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('spec.endpointPickerRef: Required value'),
    });
  });
});
