import { writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { type Client, Metadata } from '@grpc/grpc-js';
import { describe, expect, test, vi } from 'vitest';
import type { WireRequest, WireResponse } from '../../src/extproc/wire.ts';
import { openProcess } from '../server/grpc-client.ts';
import { makeFolder } from '../sources/files/following.ts';
import { eventually } from '../sources/kubernetes/eventually.ts';
import { writePlainKubeconfig } from '../sources/kubernetes/kubeconfig.ts';
import { startCluster } from '../sources/kubernetes/test-cluster.ts';
import { becomeReady, openTls, readPage, type Serving, startPod, startServing } from './serving.ts';

const MANIFESTS = `--manifests=${new URL('../../examples/multi-lora/', import.meta.url).pathname}`;

/** What no log and no page may show. */
const SECRET = 'sk-do-not-tell-7f3a';
const SHOWN = [SECRET, Buffer.from(SECRET).toString('base64'), [...Buffer.from(SECRET)].join(',')];

/** Headers of a client: keys, cookies, and every header that Serin reads but for names of models. */
const HEADERS = [
  ...['authorization', 'proxy-authorization', 'x-api-key', 'api-key', 'cookie', 'x-anything', 'user-agent'],
  ...['content-type', 'x-llm-d-inference-objective', 'x-gateway-inference-objective', 'x-request-id'],
  ...['x-gateway-destination-endpoint', 'x-session-id', 'traceparent', 'tracestate', 'x-serin-debug'],
];

function header(key: string, value: string) {
  return { key, raw_value: Buffer.from(value) };
}

function headersOf(host: string, wanted: Readonly<Record<string, string>> = {}): WireRequest {
  const all = { ...Object.fromEntries(HEADERS.map((key) => [key, `Bearer ${SECRET}`])), ...wanted };
  const first = { ':method': 'POST', ':path': `/v1/completions?key=${SECRET}`, ':authority': host };
  const headers = Object.entries({ ...first, ...all }).map(([key, value]) => header(key, value));
  const fields = { key: { stringValue: SECRET } };
  return {
    request_headers: { headers: { headers } },
    metadata_context: { filter_metadata: { 'envoy.lb.subset_hint': { fields }, any: { fields } } },
    protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED', response_body_mode: 'STREAMED' },
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };

function body(text: string, end = true): WireRequest {
  return { request_body: { body: Buffer.from(text), end_of_stream: end } };
}

function prompt(model: unknown): string {
  const messages = [{ role: 'user', content: SECRET }];
  return JSON.stringify({ model, prompt: SECRET, messages, user: SECRET, metadata: { [SECRET]: SECRET } });
}

const RESPONSE: readonly WireRequest[] = [
  {
    response_headers: {
      headers: { headers: [header(':status', '200'), header('set-cookie', SECRET), header('x-any', SECRET)] },
    },
  },
  { response_body: { body: Buffer.from(`{"choices":[{"text":"${SECRET}"}]}`), end_of_stream: true } },
];

/** One stream for each way in which a request may go. */
const STREAMS: ReadonlyMap<string, readonly WireRequest[]> = new Map([
  ['forwarded', [headersOf('test.com', JSON_TYPE), body(prompt('lora-request')), ...RESPONSE]],
  ['of no known model', [headersOf('test.com', JSON_TYPE), body(prompt('none'))]],
  ['cut JSON', [headersOf('test.com', JSON_TYPE), body(`{"model":"lora-request","prompt":"${SECRET}`)]],
  ['no JSON', [headersOf('test.com', JSON_TYPE), body(SECRET)]],
  ['a model that is no text', [headersOf('test.com', JSON_TYPE), body(prompt({ [SECRET]: SECRET }))]],
  ['two models', [headersOf('test.com', JSON_TYPE), body(`{"model":"a","model":"b","prompt":"${SECRET}"}`)]],
  ['of a secret type', [headersOf('test.com'), body(SECRET)]],
  ['of a secret host', [headersOf(`${SECRET}.com`, JSON_TYPE), body(prompt('lora-request'))]],
  ['out of order', [...RESPONSE, headersOf('test.com'), headersOf('test.com')]],
]);

/** Sends a stream and waits for its first answer. */
async function send(client: Client, messages: readonly WireRequest[]): Promise<() => void> {
  const metadata = new Metadata();
  for (const key of ['authorization', 'x-anything', 'x-epp-body-mode']) metadata.set(key, `Bearer ${SECRET}`);
  const stream = openProcess(client, metadata);
  const replies: WireResponse[] = [];
  let ended = false;
  stream.on('data', (reply) => replies.push(reply));
  stream.on('error', () => undefined);
  stream.on('status', () => {
    ended = true;
  });
  for (const message of messages) stream.write(message);
  await eventually(() => expect(ended || replies.length > 0).toBe(true));
  return () => stream.end();
}

/** Bytes that are no message, with a secret in them. */
async function sendGarbage(client: Client): Promise<void> {
  const path = '/envoy.service.ext_proc.v3.ExternalProcessor/Process';
  const identity = (bytes: Buffer) => bytes;
  const stream = client.makeBidiStreamRequest(path, identity, identity);
  stream.on('data', () => undefined);
  stream.on('error', () => undefined);
  const ended = new Promise((resolve) => stream.on('status', resolve));
  stream.write(Buffer.concat([Buffer.from([0x12, 0x7f]), Buffer.from(SECRET)]));
  await ended;
}

/** Asks a page as somebody does who has secrets wherever a request can have them. */
function askPage(port: number, path: string, method: string, host?: string): Promise<void> {
  const headers = {
    ...{ authorization: `Bearer ${SECRET}`, cookie: SECRET, 'x-anything': SECRET },
    ...(host === undefined ? {} : { host }),
  };
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: `${path}?key=${SECRET}`, method, headers };
    const sent = httpRequest(options, (answer) => answer.resume().on('end', resolve));
    sent.on('error', reject);
    sent.end(method === 'POST' ? SECRET : undefined);
  });
}

/** Everything that a process shows, piece by piece. */
async function shownBy({ lines, stderr }: Serving, ports: readonly number[]): Promise<readonly string[]> {
  const paths = ['/metrics', '/readyz', '/healthz', '/debug/snapshot', '/debug/decisions', '/none'];
  const pages = ports.flatMap((port) => paths.map(async (path) => (await readPage(port, path)).text));
  return [...lines.map((line) => JSON.stringify(line)), ...stderr, ...(await Promise.all(pages))];
}

function telling(shown: readonly string[]): readonly string[] {
  return shown.filter((text) => SHOWN.some((secret) => text.includes(secret)));
}

describe.each(['native', 'grpc-js'])('with --transport=%s, at the highest level of the log', (transport) => {
  test('no prompt, key or header of a client is in a log, a page or a metric', async () => {
    const key = join(await makeFolder(), 'key');
    await writeFile(key, SECRET);
    const pod = await startPod([
      'tweet-summary',
      'tweet-summary-1',
      'tweet-summary-2',
      'tweet-summary-3',
      'tweet-summary-4',
      'sql-lora',
      'sql-lora-1',
      'sql-lora-2',
      'sql-lora-3',
      'sql-lora-4',
    ]);
    const flags = [`--transport=${transport}`, '-v=10', `--model-server-api-key-file=${key}`];
    const serving = startServing(MANIFESTS, `--endpoints=${pod}`, ...flags);
    const { grpcPort, metricsPort } = await serving.listening();
    await becomeReady(metricsPort);
    const client = openTls(grpcPort);
    const ends = await Promise.all([...STREAMS.values()].map((messages) => send(client, messages)));
    // One whose body is not complete yet.
    const held = openProcess(client);
    held.on('error', () => undefined);
    held.write(headersOf('test.com', JSON_TYPE));
    held.write(body(prompt('lora-request').slice(0, -1), false));
    await sendGarbage(client);
    for (const [path, method, host] of [
      ['/debug/snapshot', 'GET'],
      ['/metrics', 'POST'],
      [`/${SECRET}`, 'GET'],
      ['/debug/snapshot', 'GET', `${SECRET}.example`],
    ] as const) {
      await askPage(metricsPort, path, method, host);
    }
    expect(telling(await shownBy(serving, [metricsPort]))).toEqual([]);
    for (const end of ends) end();
    held.cancel();

    // All of it was seen, and what was worth telling was told.
    await vi.waitFor(() => {
      const outcomes = serving.lines.flatMap(({ msg, reason, outcome }) =>
        msg === 'request' ? [reason ?? outcome] : [],
      );
      expect(new Set(outcomes)).toEqual(
        new Set([
          ...['forwarded', 'unknown_model', 'malformed_json', 'model_not_string', 'model_conflict'],
          'unknown_host',
        ]),
      );
    }, 10_000);
    expect((await readPage(metricsPort, '/metrics')).text).toMatch(/^serin_protocol_errors_total [1-9]/m);
    expect(telling(await shownBy(serving, [metricsPort]))).toEqual([]);
  });
});

test('no token of the port for people is either, whatever the API server answers', async () => {
  const api = await startCluster();
  const answers = [
    { status: 201, text: JSON.stringify({ status: { authenticated: false, error: `no ${SECRET}` } }) },
    { status: 201, text: `{"spec":{"token":"${SECRET}"` },
    { status: 500, text: JSON.stringify({ message: `cannot check ${SECRET}` }) },
    'break',
  ] as const;
  let reviews = 0;
  api.failWith(({ path }) => (path.endsWith('reviews') ? answers[reviews++ % answers.length] : undefined));
  const serving = startServing(
    ...['--pool-name=pool', '-v=10', '--admin-address=127.0.0.1:0', '--admin-auth=token'],
    `--kubeconfig=${await writePlainKubeconfig(api.access.server)}`,
  );
  const { metricsPort, adminPort = 0 } = await serving.listening();
  await becomeReady(metricsPort);
  for (const path of ['/debug/snapshot', '/a', '/b', '/c']) await askPage(adminPort, path, 'GET');
  await askPage(adminPort, '/debug/snapshot', 'POST');
  await askPage(adminPort, '/debug/snapshot', 'GET', `${SECRET}.example`);
  expect(reviews).toBeGreaterThanOrEqual(answers.length);
  expect(serving.lines.map(({ msg }) => msg)).toContain(
    'a token could not be checked, so its holder was refused',
  );
  expect(telling(await shownBy(serving, [metricsPort, adminPort]))).toEqual([]);
});
