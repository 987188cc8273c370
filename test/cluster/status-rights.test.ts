import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createReadyPod } from './api.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { flatPool, modelOf, serveOn, startLoopbackPods } from './live-serin.ts';
import { createStored, type Stored, seriesOf, troublesOf } from './written.ts';

const CRDS = join(import.meta.dirname, '../../manifests/crds');
const ARGV = ['--pool-name=pool', '--write-status'];
const XK8S = 'inference.networking.x-k8s.io';
const GOOD = [
  'Accepted True Accepted @1',
  'ModelNameInUse False NoConflict @1',
  'TargetsAvailable True AllServed @1',
];

const READ = `
  - { apiGroups: [''], resources: [pods], verbs: [list, watch] }
  - { apiGroups: [${XK8S}], resources: [inferencepools, inferencemodels, inferencemodelrewrites, inferenceobjectives], verbs: [list, watch] }
  - { apiGroups: [llm-d.ai], resources: [inferencemodelrewrites, inferenceobjectives], verbs: [list, watch] }
  - { apiGroups: [istio.alibabacloud.com], resources: [llmroutes], verbs: [list, watch] }`;
const LEASE = `
  - { apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, patch] }`;
const WRITE = `
  - { apiGroups: [${XK8S}], resources: [inferencemodels/status, inferencemodelrewrites/status], verbs: [patch] }
  - { apiGroups: [llm-d.ai], resources: [inferencemodelrewrites/status], verbs: [patch] }`;

let cluster: Cluster;
let stored: Stored;
beforeAll(async () => {
  cluster = await startCluster(['writer', 'leader', 'reader']);
  stored = createStored(cluster);
  await cluster.establish('create', '-k', CRDS);
  await createReadyPod(cluster.api, 'p-1', '127.0.0.1');
  for (const [user, rules] of [
    ['writer', READ + LEASE + WRITE],
    ['leader', READ + LEASE],
    ['reader', READ],
  ] as const) {
    await cluster.apply(`
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: ${user} }
rules:${rules}
`);
    await cluster.kubectl('create', 'rolebinding', user, `--role=${user}`, `--user=${user}`);
  }
});
afterAll(() => cluster.stop());

/** A pool with a model about which nothing is written, and a lease that nobody holds. */
async function startPool(): Promise<void> {
  const port = await startLoopbackPods(['sql-lora']);
  await cluster.kubectl('delete', 'leases,inferencemodels', '--all');
  await cluster.apply(`${flatPool(port)}---${modelOf({ 'sql-lora': 1 })}`);
}

describe('status is written', () => {
  test('with the right to a lease and to status, and with none besides', async () => {
    await startPool();
    const serin = await serveOn(cluster, { user: 'writer', argv: ARGV });
    await stored.until('inferencemodel', 'm', GOOD);
    expect(troublesOf(serin)).toEqual([]);
  });
});

describe('without the right', () => {
  test.each([
    ['reader', 'lease', 'request="lease",reason="403"', 'Lease'],
    [
      'leader',
      `inferencemodels.${XK8S}/status in default`,
      'request="status",reason="403"',
      'InferenceModel',
    ],
  ])('of the %s, that is told once and counted, and requests go on', async (user, what, labels, kind) => {
    await startPool();
    const serin = await serveOn(cluster, { user, argv: ARGV });
    const series = `serin_kubernetes_request_failures_total{kind="${kind}",${labels}}`;
    await eventually(async () => expect(await seriesOf(serin, series)).toBe(2));
    expect(troublesOf(serin)).toEqual([what]);
    expect(await stored.conditions('inferencemodel', 'm')).toEqual([]);
    expect(await serin.ask()).toMatchObject({ target: 'sql-lora' });
  });
});
