import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConfigEdit } from '../../src/envoy-binary/render-config.ts';
import { filterPath } from '../../src/envoy-binary/render-config.ts';
import { createAuthority, createCertFolder, createSigned } from '../server/certificates.ts';
import { createClient, inParallel } from './client.ts';
import type { Gateway } from './gateway.ts';
import { startGateway } from './gateway.ts';
import { startPod } from './pod.ts';
import { startSerin } from './serin.ts';
import { startStack } from './stack.ts';

const CLUSTER = ['static_resources', 'clusters', 'serin'] as const;
const GRPC = [...filterPath('envoy.filters.http.ext_proc'), 'grpc_service', 'envoy_grpc'];
const PLAINTEXT: ConfigEdit = { path: [...CLUSTER, 'transport_socket'], value: undefined };
const ISTIO_NAME = 'outbound|9002||serin.ns.svc.cluster.local';

describe(`Envoy and Serin's transport, ${process.env.SERIN_TRANSPORT ?? 'native'}`, () => {
  const open: { readonly stop: () => Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.stop();
  });

  async function statuses(gateway: Gateway, requests: number): Promise<ReadonlySet<number>> {
    const answers = await inParallel(requests, 16, () => gateway.client.complete('lora-request'));
    return new Set(answers.map(({ status }) => status));
  }

  it('speak in plaintext', async () => {
    const stack = await startStack({ serin: ['--secure-serving=false'], edits: [PLAINTEXT] });
    open.push(stack);
    expect(await statuses(stack, 500)).toEqual(new Set([200]));
  });

  it('speak TLS in which each shows its certificate, and no other client is served', async () => {
    const authority = await createAuthority('clients');
    const { cert, key } = await createSigned('envoy', authority);
    const ca = join(createCertFolder(authority), 'tls.crt');
    const certificate = { certificate_chain: { inline_string: cert }, private_key: { inline_string: key } };
    const path = [...CLUSTER, 'transport_socket', 'typed_config', 'common_tls_context', 'tls_certificates'];
    const known = await startStack({ serin: [`--client-ca=${ca}`], edits: [{ path, value: [certificate] }] });
    open.push(known);
    expect(await statuses(known, 500)).toEqual(new Set([200]));
    const unknown = await startStack({ serin: [`--client-ca=${ca}`] });
    open.push(unknown);
    expect(await statuses(unknown, 5)).toEqual(new Set([500]));
  });

  it('agree on the cluster names of Istio as authority, but for the library, which refuses them', async () => {
    const stack = await startStack({
      serin: ['--secure-serving=false'],
      edits: [
        PLAINTEXT,
        { path: GRPC, value: { cluster_name: ISTIO_NAME } },
        { path: [...CLUSTER, 'load_assignment', 'cluster_name'], value: ISTIO_NAME },
        { path: [...CLUSTER, 'name'], value: ISTIO_NAME },
      ],
    });
    open.push(stack);
    const refused = process.env.SERIN_TRANSPORT === 'grpc-js';
    expect(await statuses(stack, 100)).toEqual(new Set([refused ? 500 : 200]));
  });

  it('carry 1000 requests at once', { timeout: 60_000 }, async () => {
    const stack = await startStack({ fake: { timeToFirstTokenMs: 4_000, maxNumSeqs: 1_000 } });
    open.push(stack);
    const client = createClient(stack.port, { connections: 1_000 });
    const answers = inParallel(1_000, 1_000, () => client.complete('lora-request'));
    await expect.poll(() => stack.serin.metric('serin_streams_open'), { timeout: 20_000 }).toBe(1_000);
    expect(new Set((await answers).map(({ status }) => status))).toEqual(new Set([200]));
    client.close();
  });

  it('part without a lost request when one of two Serins drains under load', {
    timeout: 60_000,
  }, async () => {
    const pods = await Promise.all([1, 2, 3].map(() => startPod('127.0.0.1', {}, () => undefined)));
    open.push({ stop: async () => void (await Promise.all(pods.map((pod) => pod.kill()))) });
    const host = '127.0.0.1';
    const stop = new AbortController();
    const flags = ['--drain-delay=5s', '--drain-timeout=5s'];
    const manifests = join(import.meta.dirname, '../../examples/multi-lora');
    const backends = pods.map(({ address }) => address);
    const leaving = await startSerin({ host, manifests, pods: backends, flags, signal: stop.signal });
    open.push({
      stop: async () => {
        stop.abort();
        await leaving.exited;
      },
    });
    const check = { timeout: '2s', interval: '0.1s', unhealthy_threshold: 2, healthy_threshold: 1 };
    const gateway = await startGateway(pods, {
      edits: [
        {
          path: [...CLUSTER, 'health_checks'],
          value: [
            { ...check, no_traffic_interval: '0.1s', grpc_health_check: { service_name: 'readiness' } },
          ],
        },
        {
          path: [...CLUSTER, 'load_assignment', 'endpoints', 0, 'lb_endpoints', 1],
          value: {
            endpoint: { address: { socket_address: { address: host, port_value: leaving.grpcPort } } },
          },
        },
      ],
    });
    open.push(gateway);
    let ended = false;
    const seen: number[] = [];
    const load = Promise.all(
      Array.from({ length: 16 }, async () => {
        while (!ended) seen.push((await gateway.client.complete('lora-request')).status);
      }),
    );
    await expect.poll(() => leaving.metric('serin_requests_total')).toBeGreaterThan(100);
    await expect.poll(() => gateway.envoyStat('cluster.serin.membership_healthy')).toBe(2);
    leaving.terminate();
    await expect.poll(() => gateway.envoyStat('cluster.serin.membership_healthy')).toBe(1);
    await leaving.exited;
    const before = seen.length;
    await expect.poll(() => seen.length).toBeGreaterThan(before + 100);
    ended = true;
    await load;
    expect(seen.filter((status) => status !== 200)).toEqual([]);
    expect(await leaving.exitCode()).toBe(0);
  });
});
