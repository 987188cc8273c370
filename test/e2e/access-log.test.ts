import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ConfigEdit, filterPath } from '../../src/envoy-binary/render-config.ts';
import type { Answer } from './client.ts';
import { inParallel } from './client.ts';
import { type Gateway, type GatewayOptions, startGateway } from './gateway.ts';
import { type Pod, startPod } from './pod.ts';
import { type RequestLine, type Serin, startSerin } from './serin.ts';

const ROOT = join(import.meta.dirname, '../..');
const BY_LOG = ['--response-signals=access-log', '-v=4'];
const EXT_PROC = filterPath('envoy.filters.http.ext_proc');
const LOG = [
  ...EXT_PROC.slice(0, -3),
  'access_log',
  'envoy.access_loggers.http_grpc',
  'typed_config',
  'common_config',
];
const SOON: ConfigEdit = { path: [...LOG, 'buffer_flush_interval'], value: '0.1s' };

/** As Istio names clusters, which Node's HTTP/2 refuses as an `:authority`. */
const CLUSTER = 'outbound|9002||serin.default.svc.cluster.local';

/** Lets the log go to another Serin than the one that decides. */
function logTo(port: number): readonly ConfigEdit[] {
  const { clusters } = parse(readFileSync(join(ROOT, 'envoy/envoy-als.yaml'), 'utf8')).static_resources;
  const address = { socket_address: { address: '127.0.0.1', port_value: port } };
  const load_assignment = {
    cluster_name: CLUSTER,
    endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }],
  };
  const cluster = { ...clusters[0], name: CLUSTER, load_assignment };
  return [
    { path: ['static_resources', 'clusters', clusters.length], value: cluster },
    { path: [...LOG, 'grpc_service', 'envoy_grpc', 'cluster_name'], value: CLUSTER },
  ];
}

/** What a component for Istio patches, in the config of a plain Envoy: with its filters, its route and its log. */
function patchedAs(component: string): readonly ConfigEdit[] {
  const path = join(ROOT, 'manifests/istio/components', component, 'access-log.yaml');
  const { configPatches } = parse(readFileSync(path, 'utf8')).spec;
  const [json, sse, route, log] = configPatches.map(
    ({ patch }: { readonly patch: { readonly value: unknown } }) => patch.value,
  );
  const [{ typed_config, ...rest }] = log.typed_config.access_log;
  const { common_config } = typed_config;
  const grpc_service = { envoy_grpc: { ...common_config.grpc_service.envoy_grpc, cluster_name: 'serin' } };
  const ours = {
    ...rest,
    typed_config: { ...typed_config, common_config: { ...common_config, grpc_service } },
  };
  const routes = [...EXT_PROC.slice(0, -3), 'route_config', 'virtual_hosts', 'vllm', 'routes', 0];
  return [
    { path: filterPath('envoy.filters.http.json_to_metadata').slice(0, -1), value: json },
    { path: filterPath('envoy.filters.http.sse_to_metadata').slice(0, -1), value: sse },
    { path: [...routes, 'typed_per_filter_config'], value: route.typed_per_filter_config },
    { path: LOG.slice(0, -2), value: ours },
    SOON,
  ];
}

describe('the access log of Envoy', () => {
  const running: { pods: Pod[]; gateway?: Gateway; stop: AbortController } = {
    pods: [],
    stop: new AbortController(),
  };
  afterEach(async () => {
    await running.gateway?.stop();
    running.stop.abort();
    await Promise.all(running.pods.map((pod) => pod.kill()));
    running.pods = [];
    running.stop = new AbortController();
  });

  async function start(options: GatewayOptions = {}, fake: Parameters<typeof startPod>[1] = {}) {
    running.pods = await Promise.all([1, 2].map(() => startPod('127.0.0.1', fake, () => undefined)));
    const gateway = await startGateway(running.pods, {
      config: 'envoy-als.yaml',
      serin: BY_LOG,
      ...options,
      edits: [SOON, ...(options.edits ?? [])],
    });
    running.gateway = gateway;
    return { gateway, told: gateway.serin.requests };
  }

  /** A second replica, which gets the log and decides nothing. */
  function startReplica(pods: readonly Pod[]): Promise<Serin> {
    return startSerin({
      host: '127.0.0.1',
      manifests: join(ROOT, 'examples/multi-lora'),
      pods: pods.map(({ address }) => address),
      flags: BY_LOG,
      signal: running.stop.signal,
    });
  }

  it('tells a replica that did not decide all of each request, and the one that did tells none again', async () => {
    const pods = await Promise.all([1, 2].map(() => startPod('127.0.0.1', {}, () => undefined)));
    running.pods = pods;
    const replica = await startReplica(pods);
    const gateway = await startGateway(pods, {
      config: 'envoy-als.yaml',
      serin: BY_LOG,
      edits: [SOON, ...logTo(replica.grpcPort)],
      headers: { 'x-session-id': 'ann' },
    });
    running.gateway = gateway;
    const answers = await inParallel(20, 5, (at) =>
      gateway.client.complete('lora-request', {
        max_tokens: 4,
        ...(at % 2 === 0 ? {} : { stream: true, stream_options: { include_usage: true } }),
      }),
    );
    const rejected = await gateway.client.complete('nobody-knows-it');
    await expect.poll(() => replica.requests().length).toBe(20);
    expect(rejected.status).toBe(404);
    expect(countByTarget(replica.requests())).toEqual(countByAnswer(answers));
    for (const record of replica.requests()) {
      expect(record).toMatchObject({
        via: 'access-log',
        outcome: 'forwarded',
        pool: 'default/vllm-llama2-7b-pool',
        route: 'weighted',
        model: 'lora-request',
        group: expect.stringMatching(/^(stable|canary)$/),
        key: expect.stringMatching(/^[\da-f]{8}$/),
        status: 200,
        served: record.endpoint,
        promptTokens: expect.any(Number),
        completionTokens: 4,
        end: 'complete',
      });
      expect(record.durationMs).toBeGreaterThanOrEqual(Number(record.headersMs));
    }
    expect(replica.requests().filter(({ streamed }) => streamed)).toHaveLength(10);
    await expect
      .poll(gateway.serin.requests)
      .toMatchObject([{ via: 'stream', outcome: 'rejected', reason: 'unknown_model' }]);
    expect(await replica.metric('serin_access_log_entries_total{result="recorded"}')).toBe(20);
    await expect.poll(() => replica.metric('serin_access_log_entries_total{result="undecided"}')).toBe(1);
  });

  it('brings the decision in envoy.lb where nothing else is let through', async () => {
    const namespaces = [...EXT_PROC, 'metadata_options', 'receiving_namespaces', 'untyped'];
    const { gateway, told } = await start({ edits: [{ path: namespaces, value: ['envoy.lb'] }] });
    await gateway.client.complete('lora-request');
    await expect.poll(told).toMatchObject([{ via: 'access-log', model: 'lora-request', status: 200 }]);
  });

  it.each([
    ['access-log', ['envoy.lb', 'serin']],
    ['access-log-gateway-api', ['envoy.lb']],
  ])(
    'tells of requests as the Istio component %s has it, and of none that Serin did not decide',
    async (component, untyped) => {
      const namespaces = [...EXT_PROC, 'metadata_options', 'receiving_namespaces', 'untyped'];
      const edits = [...patchedAs(component), { path: namespaces, value: untyped }];
      const { gateway, told } = await start({ edits });
      expect((await gateway.client.complete('nobody-knows-it')).status).toBe(404);
      await gateway.client.complete('lora-request', { max_tokens: 4 });
      const stream_options = { include_usage: true };
      await gateway.client.complete('lora-request', { max_tokens: 4, stream: true, stream_options });
      await expect
        .poll(() => told().filter(({ via }) => via === 'access-log'))
        .toMatchObject([
          { streamed: false, completionTokens: 4 },
          { streamed: true, completionTokens: 4 },
        ]);
      expect(await gateway.serin.metric('serin_access_log_entries_total')).toBe(2);
    },
  );

  it('tells once of each request that another pod has served than the one picked', async () => {
    running.pods = await Promise.all([1, 2].map(() => startPod('127.0.0.1', {}, () => undefined)));
    const als = parse(readFileSync(join(ROOT, 'envoy/envoy-als.yaml'), 'utf8')).static_resources.listeners[0];
    const { access_log } = als.filter_chains[0].filters[0].typed_config;
    const gateway = await startGateway(running.pods, {
      config: 'envoy-override-host.yaml',
      knownPods: 1,
      serin: BY_LOG,
      edits: [{ path: LOG.slice(0, -3), value: access_log }, SOON],
    });
    running.gateway = gateway;
    await inParallel(10, 10, () => gateway.client.complete('lora-request'));
    await expect.poll(() => gateway.serin.requests().length).toBe(10);
    const elsewhere = gateway.serin.requests().filter(({ served, endpoint }) => served !== endpoint).length;
    expect(elsewhere).toBeGreaterThan(0);
    expect(await gateway.serin.metric('serin_served_elsewhere_total')).toBe(elsewhere);
  });

  it('tells of what a client gave up, and of what a pod failed at', async () => {
    const { gateway, told } = await start({}, { timePerTokenMs: 50 });
    const abort = new AbortController();
    const given = gateway.client.send({
      body: JSON.stringify({ model: 'lora-request', prompt: 'x', max_tokens: 200, stream: true }),
      signal: abort.signal,
      onData: () => abort.abort(),
    });
    await expect(given).rejects.toThrow();
    await expect.poll(told).toMatchObject([{ status: 200, end: 'cut', noUsage: 'cut' }]);
    await Promise.all(running.pods.map((pod) => pod.fail()));
    await gateway.client.complete('lora-request');
    await expect.poll(() => told()[1]).toMatchObject({ status: 500, end: 'complete' });
    expect(told()[1]).not.toHaveProperty('noUsage');
  });

  it('passes an event stream on event by event, and says where usage was not asked for', async () => {
    const { gateway, told } = await start({}, { timePerTokenMs: 100 });
    const arrivals: number[] = [];
    await gateway.client.send({
      body: JSON.stringify({ model: 'lora-request', prompt: 'x', max_tokens: 20, stream: true }),
      onData: () => arrivals.push(Date.now()),
    });
    expect(arrivals.length).toBeGreaterThan(10);
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(1000);
    await expect.poll(told).toMatchObject([{ streamed: true, noUsage: 'absent', end: 'complete' }]);
    expect(told()[0]).not.toHaveProperty('promptTokens');
    expect(await gateway.serin.metric('serin_responses_without_usage_total')).toBe(1);
  });

  it('names the target where the decision was made by the headers, before the body had told the model', async () => {
    const { gateway, told } = await start({ bodyMode: 'STREAMED' });
    const answer = await gateway.client.complete('lora-request');
    const target = answeredModel(answer);
    await expect.poll(told).toMatchObject([{ route: 'headers', target, status: 200 }]);
  });

  it('is only counted while the streams tell, so that no request is told twice', async () => {
    const { gateway, told } = await start({ serin: ['-v=4'] });
    await inParallel(5, 5, () => gateway.client.complete('lora-request'));
    await expect.poll(() => gateway.serin.metric('serin_access_log_entries_total{result="ignored"}')).toBe(5);
    await expect.poll(() => told().map(({ via }) => via)).toEqual(Array.from({ length: 5 }, () => 'stream'));
  });

  it('holds no drain: its streams have no end of their own', async () => {
    const { gateway, told } = await start({ serin: [...BY_LOG, '--drain-timeout=10m'] });
    await gateway.client.complete('lora-request');
    await expect.poll(told).toHaveLength(1);
    expect(await gateway.serin.metric('serin_access_log_streams_open')).toBe(1);
    gateway.serin.terminate();
    expect(await gateway.serin.exitCode()).toBe(0);
  });
});

/** How many requests went to each target. */
function countByTarget(told: readonly RequestLine[]): object {
  return count(told.map(({ target }) => String(target)));
}

function countByAnswer(answers: readonly Answer[]): object {
  return count(answers.map(answeredModel));
}

/** The adapter that has served, in a JSON answer or in events. */
function answeredModel({ body }: Answer): string {
  return /"model": ?"([^"]+)"/.exec(body)?.[1] ?? '';
}

function count(names: readonly string[]): object {
  const counts = new Map<string, number>();
  for (const name of names.toSorted()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries(counts);
}
