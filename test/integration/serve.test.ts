import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../src/demo/free-port.ts';
import { openClient } from '../server/grpc-client.ts';
import { makeFolder } from '../sources/files/following.ts';
import {
  askFor,
  becomeReady,
  healthOf,
  openRequest,
  openTls,
  readPage,
  requestBody,
  requestHeaders,
  startPod,
  startServing,
} from './serving.ts';

const EXAMPLE = new URL('../../examples/multi-lora/', import.meta.url).pathname;
const MANIFESTS = `--manifests=${EXAMPLE}`;
const SERVING = 'SERVING';
const NOT_SERVING = 'NOT_SERVING';
const UNAVAILABLE = 14;

/** The value of a header that a reply sets. */
function headerOf(reply: Awaited<ReturnType<typeof askFor>>, key: string): string | undefined {
  const set = reply?.request_body?.response?.header_mutation?.set_headers ?? [];
  const found = set.find(({ header }) => header.key === key);
  return found === undefined ? undefined : Buffer.from(found.header.raw_value).toString();
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

describe('the command', () => {
  test('tells every problem of its flags and ends with status 2', async () => {
    const { status, stderr } = startServing('--grpc-port=x', '--typo');
    expect(await status).toBe(2);
    expect(stderr).toEqual([
      'serin serve: --typo: no such flag\n',
      'serin serve: --grpc-port=x: a whole number from 0 to 65535 expected\n',
      'serin serve: no pods: give --pool-name in a cluster, or --endpoints, --endpoints-file or --endpoints-dns\n',
    ]);
  });

  test('checks flags without serving, with one warning for each that means nothing', async () => {
    const { status, lines } = startServing('--endpoints=127.0.0.1:1', '--tracing', '--check-config');
    expect(await status).toBe(0);
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      [40, '--tracing has no meaning here and is passed over'],
    ]);
  });

  test('that cannot start says why, and leaves no port open', async () => {
    const grpcPort = await freePort();
    const ports = [`--grpc-port=${grpcPort}`, '--endpoints=127.0.0.1:1'];
    const missing = startServing(...ports, '--manifests=/none');
    expect(await missing.status).toBe(1);
    expect(missing.stderr).toEqual(['serin serve: --manifests: /none: no such file or directory\n']);
    expect(await canConnect(grpcPort)).toBe(false);

    const other = createServer();
    const taken = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve(Number(Object(other.address()).port))),
    );
    onTestFinished(() => void other.close());
    const late = startServing(...ports, MANIFESTS, `--metrics-port=${taken}`);
    expect(await late.status).toBe(1);
    expect(late.stderr).toEqual([
      expect.stringContaining(`EADDRINUSE: address already in use 127.0.0.1:${taken}`),
    ]);
    expect(await canConnect(grpcPort)).toBe(false);
  });
});

test('a request over TLS is picked, counted and shown', async () => {
  const pod = await startPod(['base']);
  const { listening } = startServing(MANIFESTS, `--endpoints=${pod}`);
  const { grpcPort, grpcHealthPort, metricsPort } = await listening();
  await becomeReady(metricsPort);
  const client = openTls(grpcPort);
  const reply = await askFor(client, 'base');
  expect(headerOf(reply, 'x-gateway-destination-endpoint')).toBe(pod);
  const { text } = await readPage(metricsPort, '/metrics');
  expect(text).toContain(
    'serin_requests_total{namespace="default",pool="vllm-llama2-7b-pool",model="base",target="base",group="",role="",route="direct"} 1',
  );
  expect(text).toContain(`serin_picks_total{endpoint="${pod}"} 1`);
  expect(text).toMatch(/^serin_event_loop_lag_seconds \d/m);
  const snapshot = JSON.parse((await readPage(metricsPort, '/debug/snapshot')).text);
  expect(snapshot.pools[0].endpoints).toEqual([expect.objectContaining({ address: pod, models: ['base'] })]);
  const probes = openClient(grpcHealthPort);
  expect([await healthOf(probes, 'readiness'), await healthOf(client, 'readiness')]).toEqual([
    SERVING,
    SERVING,
  ]);
});

test.each([
  [[], 1],
  [['--prefix-affinity=false'], 2],
])('with %j a prompt that comes again goes to so many of two idle pods: %i', async (flags, expected) => {
  const pods = [await startPod(['base']), await startPod(['base'])];
  const { listening } = startServing(MANIFESTS, `--endpoints=${pods.join(',')}`, ...flags);
  const { grpcPort, metricsPort } = await listening();
  await becomeReady(metricsPort);
  const client = openTls(grpcPort);
  const prompt = 'San Francisco is a '.repeat(2000);
  const picked = new Set<string | undefined>();
  for (let turn = 0; turn < 16; turn += 1) {
    const reply = await askFor(client, 'base', { prompt: `${prompt} ${turn}` });
    picked.add(headerOf(reply, 'x-gateway-destination-endpoint'));
  }
  expect(picked.size).toBe(expected);
});

test('the key for /v1/models has to be there at the start', async () => {
  const { status, stderr } = startServing('--endpoints=127.0.0.1:1', '--model-server-api-key-file=/none');
  expect(await status).toBe(1);
  expect(stderr).toEqual([expect.stringContaining('/none')]);
});

describe('readiness', () => {
  test('does not wait longer than 2 s for a pod that never answers', async () => {
    const pod = await startPod(undefined);
    const { listening } = startServing(MANIFESTS, `--endpoints=${pod}`, '--scrape-timeout=1h');
    const { grpcHealthPort, metricsPort } = await listening();
    const probes = openClient(grpcHealthPort);
    expect([await healthOf(probes, 'readiness'), await healthOf(probes, 'liveness')]).toEqual([
      NOT_SERVING,
      SERVING,
    ]);
    await vi.waitFor(async () => {
      const { status, text } = await readPage(metricsPort, '/readyz');
      expect([status, JSON.parse(text)]).toEqual([503, { ready: false, waitingFor: ['first scrape round'] }]);
    });
    await becomeReady(metricsPort);
    expect(await healthOf(probes, 'readiness')).toBe(SERVING);
  });

  test('does not depend on pods: an empty pool is a 503 of its own', async () => {
    const file = join(await makeFolder(), 'endpoints.yaml');
    await writeFile(file, 'endpoints: []\n');
    const { listening } = startServing(MANIFESTS, `--endpoints-file=${file}`);
    const { grpcPort, metricsPort } = await listening();
    await becomeReady(metricsPort);
    const reply = await askFor(openTls(grpcPort), 'lora-request');
    expect(reply?.immediate_response?.status).toEqual({ code: 503 });
  });
});

test('plaintext on request', async () => {
  const { listening } = startServing(MANIFESTS, '--endpoints=127.0.0.1:1', '--secure-serving=false');
  const { grpcPort } = await listening();
  expect(await healthOf(openClient(grpcPort), 'liveness')).toBe(SERVING);
});

describe('SIGTERM', () => {
  test('lets new requests in for the delay and open responses run to their end', async () => {
    const { grpcPort, grpcHealthPort, metricsPort, serving } = await startReady(
      '--drain-delay=2s',
      '--drain-timeout=60s',
    );
    const open = openRequest(openTls(grpcPort));
    open.send(requestHeaders('test.com'));
    open.send(requestBody('base'));
    open.send({ response_headers: {} });
    await vi.waitFor(() => expect(open.replies).toHaveLength(3));

    serving.terminate();
    const probes = openClient(grpcHealthPort);
    await vi.waitFor(async () => expect(await healthOf(probes, 'readiness')).toBe(NOT_SERVING));
    expect(await healthOf(probes, 'liveness')).toBe(SERVING);
    expect((await readPage(metricsPort, '/readyz')).status).toBe(503);
    expect((await askFor(openTls(grpcPort), 'base'))?.request_body).toBeDefined();

    await vi.waitFor(async () => expect(await canConnect(grpcPort)).toBe(false), 10_000);
    open.send({ response_body: { body: Buffer.from('data: x\n\n') } });
    await vi.waitFor(() => expect(open.replies).toHaveLength(4));
    open.send({ response_body: { body: Buffer.from('data: [DONE]\n\n'), end_of_stream: true } });
    open.end();
    expect(await open.ended).toBe(0);
    expect(await serving.status).toBe(0);
    expect(serving.lines.at(-1)).toMatchObject({ msg: 'stopped', cutStreams: 0 });
  });

  test('cuts what outlasts the timeout, and counts it', async () => {
    const { grpcPort, serving } = await startReady('--drain-timeout=100ms');
    const open = openRequest(openTls(grpcPort));
    open.send(requestHeaders('test.com'));
    await vi.waitFor(() => expect(open.replies).toHaveLength(1));
    serving.terminate();
    expect(await serving.status).toBe(0);
    expect(await open.ended).toBe(UNAVAILABLE);
    expect(serving.lines.at(-1)).toMatchObject({ msg: 'stopped', cutStreams: 1 });
  });

  async function startReady(...argv: readonly string[]) {
    const pod = await startPod(['base']);
    const serving = startServing(MANIFESTS, `--endpoints=${pod}`, ...argv);
    const ports = await serving.listening();
    await becomeReady(ports.metricsPort);
    return { ...ports, serving };
  }
});
