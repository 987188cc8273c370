import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WireResponse } from '../../src/extproc/wire.ts';
import { openProcess } from '../server/grpc-client.ts';
import { makeFolder } from '../sources/files/following.ts';
import { eventually } from '../sources/kubernetes/eventually.ts';
import { type FakeApi, type FakeObject, startFakeApi } from '../sources/kubernetes/fake-api-server.ts';
import { writePlainKubeconfig } from '../sources/kubernetes/kubeconfig.ts';
import { model, pod, poolV1, V1, XK8S } from '../sources/kubernetes/objects.ts';
import { MODELS, POOLS, startCluster } from '../sources/kubernetes/test-cluster.ts';
import {
  askFor,
  becomeReady,
  jsonOf,
  openTls,
  readPage,
  requestBody,
  requestHeaders,
  type Serving,
  startPod,
  startServing,
} from './serving.ts';

/** Starts Serin on a fake cluster. */
async function serveCluster(api: FakeApi, ...argv: readonly string[]): Promise<Serving> {
  const kubeconfig = await writePlainKubeconfig(api.access.server);
  return startServing(`--kubeconfig=${kubeconfig}`, '--admin-address=127.0.0.1:0', ...argv);
}

/** A pool whose pods listen on the port of an address. */
function poolAt(
  name: string,
  address: string,
  { app = 'vllm', picker }: { readonly app?: string; readonly picker?: string | undefined } = {},
): FakeObject {
  const spec = {
    selector: { matchLabels: { app } },
    targetPorts: [{ number: Number(address.split(':')[1]) }],
    ...(picker === undefined ? {} : { endpointPickerRef: { name: picker, port: { number: 9002 } } }),
  };
  return { ...poolV1(name), spec };
}

/** Gives a pool the port of a real server on 127.0.0.1. */
function putPool(api: FakeApi, name: string, address: string, picker?: string): void {
  api.put(POOLS, poolAt(name, address, { app: name, picker }));
  api.put('/pods', pod(`${name}-1`, '127.0.0.1', { labels: { app: name } }));
}

/** What `/readyz` and `/debug/snapshot` say of the cluster. */
async function clusterPage(port: number | undefined, path = '/readyz') {
  return JSON.parse((await readPage(port ?? 0, path)).text).kubernetes;
}

describe('one pool of a cluster', () => {
  test('is served, and an edit reaches the next request', async () => {
    const address = await startPod(['sql-lora', 'sql-lora-1']);
    const api = await startCluster();
    putPool(api, 'pool', address);
    api.put(MODELS, model('m', 'lora-request', { 'sql-lora': 1 }));
    const serving = await serveCluster(api, '--pool-name=pool');
    const { grpcPort, metricsPort, adminPort = 0 } = await serving.listening();
    await becomeReady(metricsPort);
    const client = openTls(grpcPort);
    const target = async () => {
      const body = (await askFor(client, 'lora-request'))?.request_body?.response?.body_mutation?.body;
      return jsonOf(body)?.model;
    };
    expect(await target()).toBe('sql-lora');
    api.put(MODELS, model('m', 'lora-request', { 'sql-lora-1': 1 }));
    await eventually(async () => expect(await target()).toBe('sql-lora-1'));
    const snapshot = JSON.parse((await readPage(adminPort, '/debug/snapshot')).text);
    expect(snapshot.pools[0].models['lora-request'].object).toEqual({
      kind: 'InferenceModel',
      namespace: 'default',
      name: 'm',
      place: 'InferenceModel default/m (inference.networking.x-k8s.io/v1alpha2)',
    });
  });

  test('is served on while the API server is gone, which every page tells', async () => {
    const address = await startPod(['sql-lora']);
    const api = await startCluster();
    putPool(api, 'pool', address);
    const serving = await serveCluster(api, '--pool-name=pool');
    const { grpcPort, metricsPort, adminPort } = await serving.listening();
    await becomeReady(metricsPort);
    expect(await clusterPage(metricsPort)).toMatchObject({ oldForSeconds: 0 });
    expect((await readPage(metricsPort, '/metrics')).text).toContain('serin_kubernetes_view_age_seconds 0\n');

    api.failWith(() => 'break');
    api.closeWatches();
    await eventually(async () => {
      const page = await clusterPage(adminPort, '/debug/snapshot');
      expect(page.oldForSeconds).toBeGreaterThan(0);
      expect(page.kinds[0]).toEqual({
        kind: 'Pod',
        apiVersion: 'v1',
        namespace: 'default',
        state: 'old',
        oldForSeconds: expect.any(Number),
        oldSince: expect.any(String),
        problem: expect.any(String),
      });
    });
    const { text } = await readPage(metricsPort, '/metrics');
    expect(text).toMatch(/^serin_kubernetes_view_age_seconds 0\.\d+$/m);
    expect(text).toContain(
      'serin_kubernetes_watch_state{group="",kind="Pod",namespace="default",state="old"} 1',
    );
    expect(text).toMatch(
      /^serin_kubernetes_request_failures_total\{kind="Pod",request="watch",reason="connection"\} [1-9]/m,
    );
    expect((await readPage(metricsPort, '/readyz')).status).toBe(200);
    expect(await askFor(openTls(grpcPort), 'sql-lora')).toHaveProperty('request_body');
    expect(serving.lines).toContainEqual(expect.objectContaining({ level: 40, kind: 'Pod', state: 'old' }));
    const { problems } = JSON.parse((await readPage(adminPort ?? 0, '/debug/status')).text);
    expect(problems).toContainEqual({
      source: 'cluster',
      text: expect.stringMatching(/^Pod in default: what is known may be old: /),
      sinceMs: expect.any(Number),
    });
  });

  test('makes Serin ready without a kind that RBAC forbids, and names the rule', async () => {
    const api = await startCluster();
    api.failWith(({ path }) => (path.endsWith('/inferencemodels') ? { status: 403 } : undefined));
    const serving = await serveCluster(api, '--pool-name=pool');
    const { metricsPort } = await serving.listening();
    await becomeReady(metricsPort);
    const { kinds } = await clusterPage(metricsPort);
    expect(kinds.find(({ kind }: { kind: string }) => kind === 'InferenceModel')).toEqual({
      kind: 'InferenceModel',
      apiVersion: 'inference.networking.x-k8s.io/v1alpha2',
      namespace: 'default',
      state: 'forbidden',
      missingRule: {
        apiGroups: ['inference.networking.x-k8s.io'],
        resources: ['inferencemodels'],
        verbs: ['list', 'watch'],
      },
    });
    expect(kinds.find(({ kind }: { kind: string }) => kind === 'LLMRoute')).toEqual({
      kind: 'LLMRoute',
      apiVersion: 'istio.alibabacloud.com',
      namespace: 'default',
      state: 'absent',
    });
  });

  test('leaves Serin unready until it was read', async () => {
    const api = await startCluster();
    api.failWith(({ path }) => (path.endsWith('/pods') ? { status: 500 } : undefined));
    const serving = await serveCluster(api, '--pool-name=pool');
    const { metricsPort } = await serving.listening();
    await eventually(async () => {
      const { kinds } = await clusterPage(metricsPort);
      expect(kinds[0]).toMatchObject({ kind: 'Pod', state: 'syncing', problem: '500: fault 500' });
    });
    const { status, text } = await readPage(metricsPort, '/readyz');
    expect([status, JSON.parse(text).waitingFor]).toEqual([503, ['kubernetes', 'first scrape round']]);
    expect(serving.lines).toContainEqual(
      expect.objectContaining({ level: 40, kind: 'Pod', state: 'syncing', problem: '500: fault 500' }),
    );
    api.failWith(() => undefined);
    await becomeReady(metricsPort);
  });
});

/** The pool that a request is sent to, or the reason of its rejection. */
async function poolOf(port: number, authority: string, pool?: string): Promise<string | undefined> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.default_authority': authority,
    'grpc.use_local_subchannel_pool': 1,
  });
  onTestFinished(() => client.close());
  const metadata = new Metadata();
  if (pool !== undefined) metadata.set('x-serin-pool', pool);
  const stream = openProcess(client, metadata);
  const replies: WireResponse[] = [];
  stream.on('data', (reply) => replies.push(reply));
  stream.on('error', () => undefined);
  stream.write(requestHeaders('nowhere.com'));
  stream.write(requestBody('base'));
  const last = await eventually(() => {
    const reply = replies.find((each) => each.request_body ?? each.immediate_response);
    if (reply === undefined) throw new Error('no reply');
    return reply;
  });
  stream.end();
  if (last.immediate_response !== undefined) return last.immediate_response.details;
  const set = last.request_body?.response?.header_mutation?.set_headers ?? [];
  return set.map(({ header }) => Buffer.from(header.raw_value).toString()).find((text) => text.includes(':'));
}

test.each(['native', 'grpc-js'])(
  'of all pools a stream gets the one of its metadata, or of the Service in its :authority (%s)',
  async (transport) => {
    const [a, b] = [await startPod(['base']), await startPod(['base'])];
    const api = await startCluster();
    putPool(api, 'a', a, 'serin-a');
    putPool(api, 'b', b, 'serin-b');
    const serving = await serveCluster(
      api,
      '--all-pools',
      '--secure-serving=false',
      `--transport=${transport}`,
    );
    const { grpcPort, metricsPort } = await serving.listening();
    await becomeReady(metricsPort);
    expect(await poolOf(grpcPort, 'serin-a.default.svc.cluster.local:9002')).toBe(a);
    expect(await poolOf(grpcPort, 'serin-b.default:9002')).toBe(b);
    expect(await poolOf(grpcPort, 'serin-a.default:9002', 'default/b')).toBe(b);
    expect(await poolOf(grpcPort, 'serin.default:9002')).toBe('serin_pool_ambiguous');
    // Istio's names of clusters, which only Serin's own transport takes as an authority.
    if (transport === 'native') {
      expect(await poolOf(grpcPort, 'outbound|9002||serin-b.default.svc.cluster.local')).toBe(b);
    }
  },
);

test('policy may come from files: the pods of a pool in a file are those of the cluster', async () => {
  const address = await startPod(['sql-lora']);
  const api = await startFakeApi();
  api.put('/pods', pod('p-1', '127.0.0.1'));
  const file = join(await makeFolder(), 'policy.yaml');
  const policy = [
    { apiVersion: `${V1}/v1`, kind: 'InferencePool', ...poolAt('pool', address) },
    {
      apiVersion: `${XK8S}/v1alpha2`,
      kind: 'InferenceModel',
      ...model('m', 'lora-request', { 'sql-lora': 1 }),
    },
  ];
  await writeFile(file, policy.map((each) => JSON.stringify(each)).join('\n---\n'));
  const serving = await serveCluster(api, '--pool-name=pool', `--manifests=${file}`);
  const { grpcPort, metricsPort } = await serving.listening();
  await becomeReady(metricsPort);
  const client = openTls(grpcPort);
  await eventually(async () => expect(await askFor(client, 'lora-request')).toHaveProperty('request_body'));
  api.put('/pods', pod('p-1', '127.0.0.1', { ready: 'False' }));
  await eventually(async () =>
    expect((await askFor(client, 'lora-request'))?.immediate_response?.details).toBe('serin_no_endpoint'),
  );
});

test('without a cluster Serin says so and ends', async () => {
  const { status, stderr } = startServing(
    '--pool-name=pool',
    '--kubeconfig=/none',
    '--admin-address=127.0.0.1:0',
  );
  expect(await status).toBe(1);
  expect(stderr).toEqual(["serin serve: --kubeconfig: ENOENT: no such file or directory, open '/none'\n"]);
});
