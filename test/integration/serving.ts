import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, credentials } from '@grpc/grpc-js';
import { onTestFinished, vi } from 'vitest';
import { serveCommand } from '../../src/commands/serve.ts';
import type { WireBytes, WireRequest, WireResponse } from '../../src/extproc/wire.ts';
import { callOnce, openClient, openProcess } from '../server/grpc-client.ts';

/** `serin serve` in this process. */
export interface Serving {
  readonly lines: readonly LogLine[];
  readonly stderr: readonly string[];
  /** What SIGTERM does. */
  readonly terminate: () => void;
  readonly status: Promise<number>;
  readonly listening: () => Promise<Ports>;
}

/** One line of the log. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** The ports that were taken. */
export interface Ports {
  readonly grpcPort: number;
  readonly grpcHealthPort: number;
  readonly metricsPort: number;
  /** With a cluster, or if it was asked for. */
  readonly adminPort?: number;
}

const FREE_PORTS = ['--grpc-port=0', '--grpc-health-port=0', '--metrics-port=0', '--bind-address=127.0.0.1'];

/** Starts `serin serve` on free ports of 127.0.0.1; it ends with the test. */
export function startServing(...argv: readonly string[]): Serving {
  const lines: LogLine[] = [];
  const stderr: string[] = [];
  const stop = new AbortController();
  const status = serveCommand([...FREE_PORTS, '--drain-delay=0s', '--drain-timeout=0s', ...argv], {
    env: {},
    signal: stop.signal,
    stdout: { write: (line) => lines.push(JSON.parse(line)) },
    stderr: { write: (line) => stderr.push(line) },
  });
  onTestFinished(async () => {
    stop.abort();
    await status;
  });
  return {
    lines,
    stderr,
    status,
    terminate: () => stop.abort(),
    listening: () =>
      vi.waitFor(() => {
        const line = lines.find(({ msg }) => msg === 'listening');
        if (line === undefined) throw new Error(`not listening: ${JSON.stringify([lines, stderr])}`);
        return line as unknown as Ports;
      }, 10_000),
  };
}

/** A pod that is idle and serves these models; without a list it never answers. It ends with the test. */
export async function startPod(models: readonly string[] | undefined): Promise<string> {
  const server = createServer((request, response) => {
    if (models === undefined) return;
    if (request.url !== '/v1/models') return response.end('vllm:num_requests_waiting 0\n');
    return response.end(JSON.stringify({ data: models.map((id) => ({ id, parent: 'base' })) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Reads an admin page. */
export async function readPage(
  port: number,
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: answer.status, text: await answer.text() };
}

/** Waits until the process is ready. */
export function becomeReady(port: number): Promise<void> {
  return vi.waitFor(async () => {
    const { status, text } = await readPage(port, '/readyz');
    if (status !== 200) throw new Error(text);
  }, 10_000);
}

/** A client of the ext_proc port. */
export function openTls(port: number): Client {
  return openClient(port, credentials.createSsl(null, null, null, { rejectUnauthorized: false }));
}

/** Asks the health of a service. */
export async function healthOf(client: Client, service: string): Promise<string | number> {
  const check = { service: 'grpc.health.v1.Health', method: 'Check' };
  const answer = await callOnce<{ readonly status: string }>(client, check, { service });
  return 'status' in answer ? answer.status : answer.code;
}

const header = (key: string, value: string) => ({ key, raw_value: Buffer.from(value) });

/** The headers of a completion, as Envoy sends them first with its body modes. */
export function requestHeaders(host: string): WireRequest {
  const headers = [header(':method', 'POST'), header(':path', '/v1/completions'), header(':authority', host)];
  return {
    request_headers: { headers: { headers } },
    protocol_config: { request_body_mode: 'BUFFERED', response_body_mode: 'FULL_DUPLEX_STREAMED' },
  };
}

/** A completion's body. */
export function requestBody(model: string, prompt?: string): WireRequest {
  return { request_body: { body: Buffer.from(JSON.stringify({ model, prompt })), end_of_stream: true } };
}

/** One open request. */
export interface OpenRequest {
  readonly replies: readonly WireResponse[];
  readonly send: (message: WireRequest) => void;
  readonly end: () => void;
  /** The status code of the stream's end. */
  readonly ended: Promise<number>;
}

/** Opens a stream and notes its replies. */
export function openRequest(client: Client): OpenRequest {
  const stream = openProcess(client);
  const replies: WireResponse[] = [];
  stream.on('data', (reply) => replies.push(reply));
  stream.on('error', () => undefined);
  return {
    replies,
    send: (message) => stream.write(message),
    end: () => stream.end(),
    ended: new Promise((resolve) => stream.on('status', ({ code }) => resolve(code))),
  };
}

/** Sends headers and body and gives the last of the two replies. */
export async function askFor(
  client: Client,
  model: string,
  { host = 'test.com', prompt }: { readonly host?: string; readonly prompt?: string } = {},
): Promise<WireResponse | undefined> {
  const request = openRequest(client);
  request.send(requestHeaders(host));
  request.send(requestBody(model, prompt));
  await vi.waitFor(() => {
    const last = request.replies.at(-1);
    if (last?.request_body === undefined && last?.immediate_response === undefined)
      throw new Error('no reply');
  });
  request.end();
  await request.ended;
  return request.replies.at(-1);
}

/** The JSON of a reply's body. */
export function jsonOf(bytes: WireBytes | undefined): { readonly model?: string } | undefined {
  if (bytes === undefined) return undefined;
  return JSON.parse(Buffer.concat(bytes instanceof Uint8Array ? [bytes] : bytes).toString());
}
