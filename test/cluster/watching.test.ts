import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createReadyPod, setReady } from './api.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { flatPool, type LiveSerin, modelOf, serveOn, startLoopbackPods, untilPods } from './live-serin.ts';

const CRDS = join(import.meta.dirname, '../../manifests/crds');
const ADAPTERS = ['sql-lora', 'sql-lora-1', 'tweet-summary'];

let cluster: Cluster;
let serin: LiveSerin;
let port: number;

beforeAll(async () => {
  cluster = await startCluster();
  expect(await cluster.establish('create', '-k', CRDS)).toMatchObject({ code: 0 });
});
afterAll(() => cluster.stop());

beforeEach(async () => {
  port = await startLoopbackPods(ADAPTERS);
  await cluster.apply(`${flatPool(port)}---${modelOf({ 'sql-lora': 1 })}`);
  await createReadyPod(cluster.api, 'p-1', '127.0.0.1');
  await createReadyPod(cluster.api, 'p-2', '127.0.0.2');
  serin = await serveOn(cluster);
  await untilPods(serin, ['127.0.0.1', '127.0.0.2'], port);
});
afterEach(async () => {
  await cluster.kubectl('delete', 'pods', '--all', '--grace-period=0', '--force');
  await cluster.kubectl('delete', 'inferencepools,inferencemodels', '--all');
});

/** Makes the server take any InferenceModel, as the CRDs of some installations do. */
async function relaxModels(): Promise<void> {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const patch = [0, 1].map((n) => ({ op: 'replace', path: `/spec/versions/${n}/schema`, value: schema }));
  const crd = 'crd/inferencemodels.inference.networking.x-k8s.io';
  const patched = await cluster.kubectl('patch', crd, '--type=json', '-p', JSON.stringify(patch));
  expect(patched).toMatchObject({ code: 0 });
}

/** The pods that many requests went to. */
async function podsOf(requests: number): Promise<readonly (string | undefined)[]> {
  const pods = new Set<string | undefined>();
  for (let n = 0; n < requests; n++) pods.add((await serin.ask()).pod);
  return [...pods].sort();
}

test('a weight edit by kubectl reaches the next request in under a second', async () => {
  expect(await serin.ask()).toMatchObject({ target: 'sql-lora' });
  await cluster.apply(modelOf({ 'sql-lora': 0, 'sql-lora-1': 1 }));
  const editedMs = performance.now();
  await eventually(async () => expect(await serin.ask()).toMatchObject({ target: 'sql-lora-1' }));
  expect(performance.now() - editedMs).toBeLessThan(1000);
});

test('a pod that is not ready any more gets no further request, and comes back', async () => {
  expect(await podsOf(40)).toEqual([`127.0.0.1:${port}`, `127.0.0.2:${port}`]);
  await setReady(cluster.api, 'p-1', '127.0.0.1', 'False');
  await untilPods(serin, ['127.0.0.2'], port);
  expect(await podsOf(40)).toEqual([`127.0.0.2:${port}`]);
  await setReady(cluster.api, 'p-1', '127.0.0.1', 'True');
  await untilPods(serin, ['127.0.0.1', '127.0.0.2'], port);
});

test('a pod that terminates leaves at once, long before it is gone', async () => {
  await cluster.api('PATCH', '/api/v1/namespaces/default/pods/p-2', {
    metadata: { finalizers: ['serin.test/stay'] },
  });
  await cluster.api('DELETE', '/api/v1/namespaces/default/pods/p-2');
  await untilPods(serin, ['127.0.0.1'], port);
  expect(await podsOf(40)).toEqual([`127.0.0.1:${port}`]);
  expect(await cluster.kubectl('get', 'pod', 'p-2')).toMatchObject({ code: 0 });
  await cluster.api('PATCH', '/api/v1/namespaces/default/pods/p-2', { metadata: { finalizers: [] } });
});

test('an edit of the pool’s selector or port changes its pods', async () => {
  await createReadyPod(cluster.api, 'p-4', '127.0.0.4', 'other');
  await cluster.apply(flatPool(port).replace('app: vllm', 'app: other'));
  await untilPods(serin, ['127.0.0.4'], port);
  await cluster.apply(flatPool(port + 1));
  await untilPods(serin, ['127.0.0.1', '127.0.0.2'], port + 1);
});

test('pods that are scaled to none and back are followed', async () => {
  await cluster.kubectl('delete', 'pods', '--all', '--grace-period=0', '--force');
  await untilPods(serin, [], port);
  expect(await serin.ask()).toMatchObject({ refused: 'serin_no_endpoint' });
  await createReadyPod(cluster.api, 'p-3', '127.0.0.3');
  await untilPods(serin, ['127.0.0.3'], port);
  await eventually(async () => expect(await serin.ask()).toMatchObject({ pod: `127.0.0.3:${port}` }));
});

test('an invalid object keeps its last good version while a good one beside it is edited', async () => {
  expect(
    await cluster.apply(modelOf({ 'tweet-summary': 1 }, { name: 'second', modelName: 'other' })),
  ).toMatchObject({ code: 0 });
  await eventually(async () => expect(await serin.ask('other')).toMatchObject({ target: 'tweet-summary' }));
  await relaxModels();
  const mixed = `${modelOf({ 'sql-lora-1': 1 })}  - { name: tweet-summary }\n`;
  expect(await cluster.apply(mixed)).toMatchObject({ code: 0 });
  await eventually(async () =>
    expect(await serin.readPage('/metrics')).toContain('serin_problems{source="kubernetes"} 1'),
  );
  await cluster.apply(modelOf({ 'sql-lora': 1 }, { name: 'second', modelName: 'other' }));
  await eventually(async () => expect(await serin.ask('other')).toMatchObject({ target: 'sql-lora' }));
  expect(await serin.ask()).toMatchObject({ target: 'sql-lora' });
});

test('a thousand pods are all there, and leave together', async () => {
  const many = Array.from({ length: 998 }, (_, n) => ({ name: `q-${n}`, ip: `127.1.${n >> 8}.${n & 255}` }));
  const queue = [...many];
  const create = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      await createReadyPod(cluster.api, next.name, next.ip);
    }
  };
  await Promise.all([create(), create(), create(), create()]);
  const count = async () => (await serin.view()).pools[0]?.endpoints.length;
  await eventually(async () => expect(await count()).toBe(1000));
  expect(await serin.ask()).toMatchObject({ target: 'sql-lora' });
  await cluster.api('DELETE', '/api/v1/namespaces/default/pods?gracePeriodSeconds=0');
  await eventually(async () => expect(await count()).toBe(0));
}, 120_000);
