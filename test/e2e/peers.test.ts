import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { freePort } from '../../src/demo/free-port.ts';
import { LIVE_STATUS, type LiveStatus } from '../../src/status/live-status.ts';
import { startGateway } from './gateway.ts';
import { startPod } from './pod.ts';
import { type Serin, startSerin } from './serin.ts';

const HOST = '127.0.0.1';
const MANIFESTS = join(import.meta.dirname, '../../examples/multi-lora');
const ENDPOINTS = [
  'static_resources',
  'clusters',
  'serin',
  'load_assignment',
  'endpoints',
  0,
  'lb_endpoints',
];
const REQUESTS = 40;
/** What is looked at: more often than peers are asked, and longer than that takes. */
const SOON = { timeout: 15_000, interval: 100 };

const stop = new AbortController();
const open: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of open.reverse()) await close();
});

async function statusOf(serin: Serin): Promise<LiveStatus> {
  return LIVE_STATUS.parse(JSON.parse(await serin.page('/debug/status')));
}

/** The requests of the last five minutes that a status tells, over all targets. */
function requestsIn({ pools }: LiveStatus): number {
  const targets = pools.flatMap(({ models }) => models.flatMap((model) => model.targets));
  return targets.reduce((sum, { windows }) => sum + (windows[1]?.requests ?? 0), 0);
}

async function summary(serin: Serin) {
  const status = await statusOf(serin);
  const { answered, known, missing } = status.replicas;
  return { replicas: [answered, known], missing: missing.length, requests: requestsIn(status) };
}

test('each of two replicas shows the requests of both, and goes on alone when the other is killed', async () => {
  const pod = await startPod(HOST, {}, () => undefined);
  open.push(pod.kill);
  const ports = await Promise.all([freePort(), freePort()]);
  const flags = [`--peers=${ports.map((port) => `${HOST}:${port}`).join(',')}`];
  const common = { host: HOST, manifests: MANIFESTS, pods: [pod.address], flags, signal: stop.signal };
  const [one, other] = await Promise.all([
    startSerin({ ...common, metricsPort: ports[0] }),
    startSerin({ ...common, metricsPort: ports[1] }),
  ]);
  open.push(() => {
    stop.abort();
    return Promise.all([one.exited, other.exited]);
  });
  const value = [one, other].map(({ grpcPort }) => ({
    endpoint: { address: { socket_address: { address: HOST, port_value: grpcPort } } },
  }));
  const gateway = await startGateway([pod], { edits: [{ path: ENDPOINTS, value }] });
  open.push(gateway.stop);

  for (let sent = 0; sent < REQUESTS; sent += 1) {
    expect((await gateway.client.complete('lora-request')).status).toBe(200);
  }
  const both = { replicas: [2, 2], missing: 0, requests: REQUESTS };
  await vi.waitFor(
    async () => expect([await summary(one), await summary(other)]).toEqual([both, both]),
    SOON,
  );
  const own = await one.metric('serin_requests_total');
  expect(own).toBeGreaterThan(0);
  expect(own).toBeLessThan(REQUESTS);

  other.kill();
  const alone = { replicas: [1, 2], missing: 1, requests: own };
  await vi.waitFor(async () => expect(await summary(one)).toEqual(alone), SOON);
  const [missing] = (await statusOf(one)).replicas.missing;
  expect(missing).toEqual({ address: `127.0.0.1:${ports[1]}`, problem: 'connection refused' });
});
