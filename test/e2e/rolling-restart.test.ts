import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { freePort } from '../../src/demo/free-port.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { type Pod, startPod } from './pod.ts';
import { type Serin, startSerin } from './serin.ts';

const CLUSTER = ['static_resources', 'clusters', 'serin'] as const;
const MANIFESTS = join(import.meta.dirname, '../../examples/multi-lora');
const HOST = '127.0.0.1';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of open.splice(0).reverse()) await stop();
});

async function startPods(): Promise<readonly Pod[]> {
  const pods = await Promise.all([1, 2, 3].map(() => startPod(HOST, {}, () => undefined)));
  open.push(async () => void (await Promise.all(pods.map((pod) => pod.kill()))));
  return pods;
}

/** A Serin on a port that its successor will have too, as a Service keeps the addresses of pods apart. */
async function startReplica(port: number, pods: readonly Pod[]): Promise<Serin> {
  const stop = new AbortController();
  // Envoy's workers may hear of an endpoint's health a second late (`update_merge_window`): the default of 5 s is
  // longer than that, and so is this.
  const flags = ['--drain-delay=3s', '--drain-timeout=5s', `--grpc-port=${port}`];
  const backends = pods.map(({ address }) => address);
  const serin = await startSerin({
    host: HOST,
    manifests: MANIFESTS,
    pods: backends,
    flags,
    signal: stop.signal,
  });
  open.push(async () => {
    stop.abort();
    await serin.exited;
  });
  return serin;
}

/** An Envoy that knows both replicas and asks each whether it is ready. */
async function startFront(ports: readonly number[], pods: readonly Pod[]): Promise<Gateway> {
  const check = { timeout: '1s', interval: '0.1s', unhealthy_threshold: 1, healthy_threshold: 1 };
  const health = {
    ...{ ...check, no_traffic_interval: '0.1s' },
    grpc_health_check: { service_name: 'readiness' },
  };
  const endpoints = ports.map((port) => ({
    endpoint: { address: { socket_address: { address: HOST, port_value: port } } },
  }));
  const gateway = await startGateway(pods, {
    edits: [
      { path: [...CLUSTER, 'health_checks'], value: [health] },
      { path: [...CLUSTER, 'load_assignment', 'endpoints', 0, 'lb_endpoints'], value: endpoints },
    ],
  });
  open.push(gateway.stop);
  return gateway;
}

it('no request is lost while both Serins behind an Envoy are replaced, one after the other', {
  timeout: 90_000,
}, async () => {
  const pods = await startPods();
  const ports = await Promise.all([freePort(), freePort()]);
  const first = await Promise.all(ports.map((port) => startReplica(port, pods)));
  const gateway = await startFront(ports, pods);
  const healthy = () => gateway.envoyStat('cluster.serin.membership_healthy');
  const statuses: number[] = [];
  let ended = false;
  const load = Promise.all(
    Array.from({ length: 16 }, async () => {
      while (!ended) statuses.push((await gateway.client.complete('lora-request')).status);
    }),
  );
  for (const [index, leaving] of first.entries()) {
    await expect.poll(healthy, { timeout: 20_000 }).toBe(2);
    await expect.poll(() => leaving.metric('serin_requests_total')).toBeGreaterThan(50);
    leaving.terminate();
    expect(await leaving.exitCode()).toBe(0);
    const successor = await startReplica(ports[index] ?? 0, pods);
    await expect.poll(healthy, { timeout: 20_000 }).toBe(2);
    await expect
      .poll(() => successor.metric('serin_requests_total'), { timeout: 20_000 })
      .toBeGreaterThan(50);
  }
  ended = true;
  await load;
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});
