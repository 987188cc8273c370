import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReadyPod } from './api.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { flatPool, serveOn, startLoopbackPods } from './live-serin.ts';

const CRDS = join(import.meta.dirname, '../../manifests/crds');

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(['reader']);
});
afterAll(() => cluster.stop());

test('a selector needs no CRD at all, and may be more than a list of labels', async () => {
  const port = await startLoopbackPods(['sql-lora']);
  await createReadyPod(cluster.api, 'p-1', '127.0.0.1');
  await createReadyPod(cluster.api, 'p-2', '127.0.0.2', 'second');
  await createReadyPod(cluster.api, 'p-3', '127.0.0.3', 'other');
  const argv = ['--endpoint-selector', 'app in (vllm,second)', `--endpoint-target-ports=${port}`];
  const serin = await serveOn(cluster, { argv });
  const addresses = async () =>
    (await serin.view()).pools.flatMap(({ endpoints }) => endpoints.map(({ address }) => address)).sort();
  expect(await addresses()).toEqual([`127.0.0.1:${port}`, `127.0.0.2:${port}`]);
  expect(await serin.ask('sql-lora')).toMatchObject({ refused: undefined });
  const states = (await serin.view()).kubernetes.kinds.map(({ kind, state }) => `${kind} ${state}`);
  expect(new Set(states)).toEqual(
    new Set([
      'Pod current',
      ...['InferenceModel', 'InferenceModelRewrite', 'InferenceObjective', 'LLMRoute'].map(
        (kind) => `${kind} absent`,
      ),
    ]),
  );
  // A label that is taken away takes the pod away.
  await cluster.kubectl('label', 'pod', 'p-2', 'app=other', '--overwrite');
  await eventually(async () => expect(await addresses()).toEqual([`127.0.0.1:${port}`]));

  // CRDs that are installed while Serin runs are picked up.
  await cluster.kubectl('create', '-k', CRDS);
  await eventually(async () => {
    const { kinds } = (await serin.view()).kubernetes;
    expect(kinds.map(({ state }) => state)).toEqual(kinds.map(() => 'current'));
  });
});

test('all pools of two namespaces are read with rights in those two alone', async () => {
  await cluster.establish('create', '-k', CRDS);
  const role = ['role', 'reader', '--verb=list,watch'];
  const groups = [
    'pods',
    ...['inferencepools', 'inferencemodels', 'inferencemodelrewrites', 'inferenceobjectives'].map(
      (plural) => `${plural}.inference.networking.x-k8s.io`,
    ),
    ...[
      'inferencemodelrewrites.llm-d.ai',
      'inferenceobjectives.llm-d.ai',
      'llmroutes.istio.alibabacloud.com',
    ],
  ];
  for (const namespace of ['a', 'b', 'c']) {
    await cluster.kubectl('create', 'namespace', namespace);
    await cluster.apply(flatPool(8000), '-n', namespace);
    if (namespace === 'c') continue;
    await cluster.kubectl('create', ...role, `--resource=${groups.join(',')}`, '-n', namespace);
    await cluster.kubectl(
      'create',
      'rolebinding',
      'reader',
      '--role=reader',
      '--user=reader',
      '-n',
      namespace,
    );
  }
  const serin = await serveOn(cluster, { user: 'reader', argv: ['--all-pools', '--namespaces=a,b'] });
  const { pools, kubernetes } = await serin.view();
  expect(pools.map(({ pool }) => pool).sort()).toEqual(['a/pool', 'b/pool']);
  expect(kubernetes.kinds.filter(({ state }) => state === 'forbidden')).toEqual([]);
  expect(await serin.ask('x')).toMatchObject({ refused: 'serin_pool_ambiguous' });
});
