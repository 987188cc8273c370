import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createReadyPod, setReady } from './api.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { flatPool, type LiveSerin, modelOf, serveOn, startLoopbackPods } from './live-serin.ts';
import { createStored, type Stored, seriesOf, troublesOf } from './written.ts';

const CRDS = join(import.meta.dirname, '../../manifests/crds');
const LEASE = 'serin-status-pool';
const MODEL = 'inferencemodel';
const WRITES = 'serin_kubernetes_status_writes_total{kind="InferenceModel"}';
const LEADER = 'serin_kubernetes_status_leader';
const ARGV = ['--pool-name=pool', '--write-status'];

/** What a model that is served as it should be says of generation `n`. */
const good = (n: number) => [
  `Accepted True Accepted @${n}`,
  `ModelNameInUse False NoConflict @${n}`,
  `TargetsAvailable True AllServed @${n}`,
];

let cluster: Cluster;
let stored: Stored;
beforeAll(async () => {
  cluster = await startCluster(['writer', 'reader']);
  stored = createStored(cluster);
  await cluster.establish('create', '-k', CRDS);
  await createReadyPod(cluster.api, 'p-1', '127.0.0.1');
});
afterEach(async () => {
  await cluster.kubectl('delete', 'inferencemodels,inferencemodelrewrites.llm-d.ai', '--all');
  await cluster.kubectl('delete', 'leases,inferencepools,rolebindings,roles', '--all');
});
afterAll(() => cluster.stop());

async function startPool(weights: Readonly<Record<string, number>>): Promise<void> {
  const port = await startLoopbackPods(['sql-lora', 'sql-lora-1']);
  expect(await cluster.apply(`${flatPool(port)}---${modelOf(weights)}`)).toMatchObject({ code: 0 });
}

test('a model says what became of it, for each edit, and is not written without need', async () => {
  await startPool({ 'sql-lora': 1, 'sql-lora-1': 1 });
  const serin = await serveOn(cluster, { argv: ARGV });
  await stored.until(MODEL, 'm', good(1));
  const { metadata } = await stored.get(MODEL, 'm');
  expect(metadata.managedFields).toContainEqual(
    expect.objectContaining({ manager: 'serin', operation: 'Apply', subresource: 'status' }),
  );
  // Its own write does not cause another one, and neither do the leader's renewals.
  await stored.renewals(LEASE, 3);
  expect((await stored.get(MODEL, 'm')).metadata.resourceVersion).toBe(metadata.resourceVersion);
  expect(await seriesOf(serin, WRITES)).toBe(1);

  await cluster.apply(modelOf({ 'sql-lora': 90, 'sql-lora-2': 10 }));
  await stored.until(MODEL, 'm', [...good(2).slice(0, 2), 'TargetsAvailable False NotServed @2']);
  expect(await stored.message(MODEL, 'm', 'TargetsAvailable')).toBe(
    'a ready pod serves sql-lora; no ready pod is known to serve sql-lora-2',
  );
  await setReady(cluster.api, 'p-1', '127.0.0.1', 'False');
  await stored.until(MODEL, 'm', [...good(2).slice(0, 2), 'TargetsAvailable False NoReadyPods @2']);
  await setReady(cluster.api, 'p-1', '127.0.0.1', 'True');
  await stored.until(MODEL, 'm', [...good(2).slice(0, 2), 'TargetsAvailable False NotServed @2']);
});

test('an object that loses its name says to whom; a rewrite in its turn, and a dangling reference', async () => {
  await startPool({ 'sql-lora': 1 });
  await serveOn(cluster, { argv: ['--all-pools', '--write-status'] });
  await stored.until(MODEL, 'm', good(1));
  // Times of creation are whole seconds, and of two objects of one second the name decides.
  const applied = await cluster.apply(`${modelOf({ 'sql-lora-1': 1 }, { name: 'm-2' })}---
apiVersion: llm-d.ai/v1alpha2
kind: InferenceModelRewrite
metadata: { name: r }
spec:
  poolRef: { name: pool }
  rules:
    - matches: [{ model: { value: lora-request } }, { model: { value: other } }]
      targets: [{ modelRewrite: sql-lora }]
---${modelOf({ 'sql-lora': 1 }, { name: 'm-3', modelName: 'x' }).replace('name: pool', 'name: nowhere')}`);
  expect(applied).toMatchObject({ stderr: '', code: 0 });
  await stored.until(MODEL, 'm-2', [
    'Accepted False ModelNameInUse @1',
    'ModelNameInUse True NameTaken @1',
    'TargetsAvailable True AllServed @1',
  ]);
  expect(await stored.message(MODEL, 'm-2', 'Accepted')).toBe(
    'lora-request is served by InferenceModel default/m (inference.networking.x-k8s.io/v1alpha2)',
  );
  await stored.until('inferencemodelrewrite.llm-d.ai', 'r', [
    'Accepted True Accepted @1',
    'ModelNameInUse True NameTaken @1',
    'TargetsAvailable True AllServed @1',
  ]);
  await stored.until(MODEL, 'm-3', [
    'Accepted False PoolNotFound @1',
    'ModelNameInUse Unknown PoolNotFound @1',
    'TargetsAvailable Unknown PoolNotFound @1',
  ]);
  // Nobody but the loser of a name is told when the winner goes.
  await cluster.kubectl('delete', MODEL, 'm');
  await stored.until(MODEL, 'm-2', good(1));
});

async function leadersOf(serins: readonly LiveSerin[]): Promise<readonly LiveSerin[]> {
  const leads = await Promise.all(serins.map((serin) => seriesOf(serin, LEADER)));
  return serins.filter((_, index) => leads[index] === 1);
}

test('of two replicas one writes, and the other one from when the first has gone', async () => {
  await startPool({ 'sql-lora': 1 });
  const serins = await Promise.all([1, 2].map(() => serveOn(cluster, { argv: ARGV })));
  await stored.until(MODEL, 'm', good(1));
  await stored.renewals(LEASE, 2);
  const [leader, ...others] = await leadersOf(serins);
  expect(others).toEqual([]);
  const follower = serins.find((serin) => serin !== leader);
  if (leader === undefined || follower === undefined) throw new Error('nobody leads');
  expect(await Promise.all([leader, follower].map((serin) => seriesOf(serin, WRITES)))).toEqual([1, 0]);

  leader.serving.terminate();
  await leader.serving.status;
  // Given away, the lease need not run out first.
  await eventually(async () => expect(await seriesOf(follower, LEADER)).toBe(1));
  await cluster.apply(modelOf({ 'sql-lora-1': 1 }));
  await stored.until(MODEL, 'm', good(2));
  expect(await seriesOf(follower, WRITES)).toBe(1);
});

test('conditions of somebody else stay, which is logged once', async () => {
  await startPool({ 'sql-lora': 1 });
  const condition = `{ type: Accepted, status: 'False', reason: Theirs, message: theirs, lastTransitionTime: '2026-01-01T00:00:00Z' }`;
  const theirs = await cluster.apply(
    `${modelOf({ 'sql-lora': 1 }).split('spec:')[0]}status: { conditions: [${condition}] }\n`,
    ...['--server-side', '--subresource=status', '--field-manager=theirs'],
  );
  expect(theirs).toMatchObject({ stderr: '', code: 0 });
  const before = (await stored.get(MODEL, 'm')).metadata.resourceVersion;
  const serin = await serveOn(cluster, { argv: ARGV });
  const refused = `serin_kubernetes_request_failures_total{kind="InferenceModel",request="status",reason="409"}`;
  await eventually(async () => expect(await seriesOf(serin, refused)).toBeGreaterThan(2));
  expect(troublesOf(serin)).toEqual(['InferenceModel default/m (inference.networking.x-k8s.io/v1alpha2)']);
  expect((await stored.get(MODEL, 'm')).metadata.resourceVersion).toBe(before);
  expect(await serin.ask()).toMatchObject({ target: 'sql-lora' });
});

test('an API server that goes away ends the writing until it is back, and no request suffers', async () => {
  await startPool({ 'sql-lora': 1 });
  const serin = await serveOn(cluster, { argv: ARGV });
  await stored.until(MODEL, 'm', good(1));
  await cluster.server.kill();
  await eventually(async () => expect(await seriesOf(serin, LEADER)).toBe(0));
  expect(await serin.ask()).toMatchObject({ target: 'sql-lora' });
  await cluster.server.restart();
  await cluster.apply(modelOf({ 'sql-lora-1': 1 }));
  await stored.until(MODEL, 'm', good(2));
  expect(troublesOf(serin)).toEqual(['lease']);
  expect(await serin.ask()).toMatchObject({ target: 'sql-lora-1' });
}, 120_000);
