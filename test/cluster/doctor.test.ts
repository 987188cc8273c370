import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { doctorCommand } from '../../src/commands/doctor.ts';
import { runCommand } from '../commands/run-command.ts';
import { createReadyPod } from './api.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { flatPool, modelOf, startLoopbackPods } from './live-serin.ts';

const MANIFESTS = join(import.meta.dirname, '../../manifests');
const XK8S = 'inference.networking.x-k8s.io';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(['reader']);
});
afterAll(() => cluster.stop());

/** Runs the doctor as a user; gives the exit status and the lines. */
async function examine(user: 'admin' | 'reader', ...flags: readonly string[]) {
  const kubeconfig = await cluster.server.writeKubeconfig(cluster.server.token(user));
  return runCommand(doctorCommand, ['--pool-name=pool', `--kubeconfig=${kubeconfig}`, ...flags]);
}

test('without CRDs it says which kinds are missing, and how they come', async () => {
  const { lines, status } = await examine('admin');
  expect(status).toBe(1);
  expect(lines).toEqual(
    expect.arrayContaining([
      'ok      CRDs: InferencePool of inference.networking.k8s.io: not in the cluster in v1, so it counts as empty',
      'fault   CRDs: no InferencePool of any generation is served; fix: kubectl create -k manifests/crds, or use --endpoint-selector',
      expect.stringMatching(/^warning CRDs: no kind that splits a model name is served/),
      'ok      RBAC: this user may list and watch all 1 resources in the namespace default',
    ]),
  );
});

test('a working set-up has no fault: each kind in the version that is read, rights, pods and adapters', async () => {
  await cluster.establish('create', '-k', join(MANIFESTS, 'crds'));
  const port = await startLoopbackPods(['sql-lora']);
  await cluster.apply(flatPool(port));
  await cluster.apply(modelOf({ 'sql-lora': 1 }));
  await createReadyPod(cluster.api, 'p-1', '127.0.0.1');
  const { lines, status } = await examine('admin');
  expect(lines).toEqual(
    expect.arrayContaining([
      `ok      CRDs: InferencePool of ${XK8S}: v1alpha2 is read`,
      `ok      CRDs: InferenceModel of ${XK8S}: v1alpha2 is read`,
      'ok      CRDs: InferenceModelRewrite of llm-d.ai: v1alpha2 is read',
      'ok      CRDs: LLMRoute of istio.alibabacloud.com: v1 is read',
      'ok      RBAC: this user may list and watch all 8 resources in the namespace default',
      'ok      policy: the InferencePool default/pool: endpoints 1, models lora-request',
      'ok      adapters: every pod of default/pool serves every target of its 1 models',
    ]),
  );
  expect(status).toBe(0);
});

test('a right that RBAC does not grant is a fault, with the rule that is missing', async () => {
  await cluster.kubectl(
    'create',
    'role',
    'reader',
    '--verb=list,watch',
    `--resource=inferencemodels.${XK8S}`,
  );
  await cluster.kubectl('create', 'role', 'half', '--verb=list', '--resource=pods');
  for (const role of ['reader', 'half']) {
    await cluster.kubectl('create', 'rolebinding', role, `--role=${role}`, '--user=reader');
  }
  // A role may name the one pool that is read.
  const onePool = ['--verb=list,watch', `--resource=inferencepools.${XK8S}`, '--resource-name=pool'];
  await cluster.kubectl('create', 'role', 'one-pool', ...onePool);
  await cluster.kubectl('create', 'rolebinding', 'one-pool', '--role=one-pool', '--user=reader');
  const { lines, status } = await examine('reader');
  expect(status).toBe(1);
  const rights = lines.filter((line) => line.includes(' RBAC: '));
  expect(rights).toContain(
    'fault   RBAC: this user may not watch pods in the namespace default; fix: add {apiGroups: [""], resources: [pods], verbs: [list, watch]} to a Role in default that is bound to it',
  );
  expect(rights).toContain(
    'fault   RBAC: this user may not list and watch llmroutes.istio.alibabacloud.com in the namespace default; fix: add {apiGroups: ["istio.alibabacloud.com"], resources: [llmroutes], verbs: [list, watch]} to a Role in default that is bound to it',
  );
  expect(rights.filter((line) => /inferencepools|inferencemodels\./.test(line))).toEqual([]);
});

test('the rights of a service account are asked for in its name', async () => {
  const account = ['--service-account', 'default/serin'];
  const before = await examine('admin', ...account);
  expect(before.lines).toContainEqual(
    expect.stringMatching(
      /^fault {3}RBAC: system:serviceaccount:default:serin may not list and watch pods in/,
    ),
  );
  expect(await cluster.kubectl('apply', '-k', join(MANIFESTS, 'serin'))).toMatchObject({ code: 0 });
  const { lines } = await examine('admin', ...account);
  expect(lines.filter((line) => line.includes(' RBAC: '))).toEqual([
    'ok      RBAC: system:serviceaccount:default:serin may list and watch all 8 resources in the namespace default',
  ]);
  const stranger = await examine('reader', ...account);
  expect(stranger.lines).toContainEqual(
    expect.stringMatching(/^fault {3}RBAC: whether system:\S+ may read pods cannot be asked: 403: /),
  );
});
