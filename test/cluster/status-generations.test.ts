import { afterEach, expect, test } from 'vitest';
import type { Generation } from '../../scripts/cluster/upstream-crds.ts';
import { createReadyPod } from './api.ts';
import { type Cluster, startCluster, upstreamCrds } from './cluster.ts';
import { flatPool, modelOf, serveOn, startLoopbackPods } from './live-serin.ts';
import { createStored } from './written.ts';

const V1_POOL = (port: number) => `
apiVersion: inference.networking.k8s.io/v1
kind: InferencePool
metadata: { name: pool }
spec:
  selector: { matchLabels: { app: vllm } }
  targetPorts: [{ number: ${port} }]
  endpointPickerRef: { name: serin, port: { number: 9002 } }
`;
const REWRITE = `
apiVersion: inference.networking.x-k8s.io/v1alpha2
kind: InferenceModelRewrite
metadata: { name: m }
spec:
  poolRef: { name: pool }
  rules: [{ targets: [{ modelRewrite: sql-lora }] }]
`;

let cluster: Cluster | undefined;
afterEach(() => cluster?.stop());

/** A release of upstream, a kind of it that has conditions, and an object of that kind with its pool. */
const GENERATIONS: readonly (readonly [Generation, string, (port: number) => string])[] = [
  [
    'v0.1.0',
    'inferencemodel',
    (port) => `${flatPool(port, 'v1alpha1')}---${modelOf({ 'sql-lora': 1 }, { version: 'v1alpha1' })}`,
  ],
  ['v0.5.1', 'inferencemodel', (port) => `${flatPool(port)}---${modelOf({ 'sql-lora': 1 })}`],
  ['v1.5.0', 'inferencemodelrewrite', (port) => `${V1_POOL(port)}---${REWRITE}`],
];

test.each(GENERATIONS)(
  "the CRDs of upstream's %s take the conditions of an %s",
  async (generation, kind, manifests) => {
    cluster = await startCluster();
    await cluster.establish('apply', '--server-side', '-f', upstreamCrds(generation));
    await createReadyPod(cluster.api, 'p-1', '127.0.0.1');
    const port = await startLoopbackPods(['sql-lora']);
    expect(await cluster.apply(manifests(port))).toMatchObject({ code: 0 });
    await serveOn(cluster, { argv: ['--pool-name=pool', '--write-status'] });
    await createStored(cluster).until(kind, 'm', [
      'Accepted True Accepted @1',
      'ModelNameInUse False NoConflict @1',
      'TargetsAvailable True AllServed @1',
    ]);
  },
);
