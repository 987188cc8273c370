import { once } from 'node:events';
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { exchangeBytes } from '../../../bench/load/exchange-bytes.ts';
import { type ExtProcLane, openExtProcLane } from '../../../bench/load/ext-proc-lane.ts';
import type { Outcome } from '../../../bench/load/lane.ts';
import { framedReplies, headersReply } from '../../../bench/servers/fixed-answer.ts';
import { createReplyFramer } from '../../../bench/servers/process-method.ts';
import { createRelay } from '../../../bench/servers/relay.ts';
import type { WireResponse } from '../../../src/extproc/wire.ts';

const framed = createReplyFramer();
const replies = framedReplies('127.0.0.1:1');

/** What a server does with a stream; `cut` breaks its connection. */
type OnStream = (stream: ServerHttp2Stream, path: string, cut: () => void) => void;

async function startServer(onStream: OnStream): Promise<Http2Server> {
  const server = createServer().listen(0, '127.0.0.1');
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => undefined);
    onStream(stream, headers[':path'] ?? '', () => sockets.at(-1)?.resetAndDestroy());
  });
  await once(server, 'listening');
  return server;
}

async function openLane(server: Http2Server, bodyBytes: number, held = 0): Promise<ExtProcLane> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  const lane = await openExtProcLane(socket, {
    bytes: exchangeBytes(bodyBytes),
    held,
    nowMs: () => Date.now(),
  });
  onTestFinished(() => {
    lane.close();
    server.close();
  });
  return lane;
}

function begin(lane: ExtProcLane): Promise<Outcome> {
  const outcome = new Promise<Outcome>((resolve) => lane.begin(resolve));
  lane.flush();
  return outcome;
}

/** Carries every stream as the floor does. */
function carry(stream: ServerHttp2Stream): void {
  const relay = createRelay(replies);
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
  stream.on('data', (chunk: Buffer) => void stream.write(Buffer.concat(relay(chunk))));
}

test('a request is headers, body and response headers, and a reset as the last word', async () => {
  const resets: number[] = [];
  const paths: string[] = [];
  const server = await startServer((stream, path) => {
    paths.push(path);
    carry(stream);
    stream.on('close', () => resets.push(stream.rstCode));
  });
  const lane = await openLane(server, 1024);
  expect(await begin(lane)).toEqual({ kind: 'answered' });
  expect(await Promise.all([begin(lane), begin(lane)])).toEqual([{ kind: 'answered' }, { kind: 'answered' }]);
  lane.flush();
  await vi.waitFor(() => expect(resets).toEqual([2, 2, 2]));
  expect(paths).toEqual(Array(3).fill('/envoy.service.ext_proc.v3.ExternalProcessor/Process'));
});

test('a reply to headers may begin with its metadata, as Go writes it', async () => {
  const metadata = framed({
    dynamic_metadata: headersReply('127.0.0.1:1').dynamic_metadata ?? { fields: {} },
  });
  const lane = await openLane(
    await startServer((stream) => {
      const relay = createRelay({ ...replies, toRequestHeaders: metadata });
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      stream.on('data', (chunk: Buffer) => void stream.write(Buffer.concat(relay(chunk))));
    }),
    1024,
  );
  expect(await begin(lane)).toEqual({ kind: 'answered' });
});

test('bodies larger than the windows go out as the server lets them', async () => {
  const lane = await openLane(await startServer(carry), 300_000);
  expect(await Promise.all([begin(lane), begin(lane), begin(lane)])).toEqual(
    Array(3).fill({ kind: 'answered' }),
  );
});

test('bodies that are held back end only when they are released', async () => {
  const lane = await openLane(await startServer(carry), 100_000, 2);
  const outcomes: Outcome[] = [];
  for (let at = 0; at < 3; at += 1) lane.begin((outcome) => outcomes.push(outcome));
  lane.flush();
  await vi.waitFor(() => expect(lane.heldBack()).toBe(3));
  expect(outcomes).toEqual([]);
  lane.release();
  lane.flush();
  await vi.waitFor(() => expect(outcomes).toEqual(Array(3).fill({ kind: 'answered' })));
});

describe('a request has failed', () => {
  test.each<[string, OnStream]>([
    ['RST_STREAM 8', (stream) => stream.close(8)],
    ['GOAWAY 0', (stream) => stream.session?.goaway(0)],
    ['read ECONNRESET', (_stream, _path, cut) => cut()],
    ['ended by the server', (stream) => stream.respond({ ':status': 500 }, { endStream: true })],
    ['immediate response', (stream) => say(stream, { immediate_response: rejection })],
    ['unknown reply 6', (stream) => say(stream, { response_trailers: {} })],
    ['no reply to the headers', (stream) => say(stream, chunk('', true))],
    ['body cut short', (stream) => say(stream, headersReply('127.0.0.1:1'), chunk('{}', true))],
  ])('as %s', async (reason, onStream) => {
    const lane = await openLane(await startServer(onStream), 1024);
    expect(await begin(lane)).toEqual({ kind: 'failed', reason });
  });

  test('as timed out when nothing comes', async () => {
    const lane = await openLane(await startServer(() => undefined), 1024);
    const outcome = begin(lane);
    lane.expire(Date.now() - 60_000);
    lane.expire(Date.now() + 1);
    expect(await outcome).toEqual({ kind: 'failed', reason: 'timed out' });
  });

  test('on a connection that is broken, at once', async () => {
    const lane = await openLane(await startServer((_stream, _path, cut) => cut()), 1024);
    await begin(lane);
    expect(await begin(lane)).toEqual({ kind: 'failed', reason: 'read ECONNRESET' });
  });
});

const rejection = { status: { code: 503 }, headers: {}, body: Buffer.alloc(0), details: '' };

function chunk(body: string, endOfStream: boolean): WireResponse {
  const streamed = { body: Buffer.from(body), end_of_stream: endOfStream };
  return { request_body: { response: { body_mutation: { streamed_response: streamed } } } };
}

function say(stream: ServerHttp2Stream, ...said: readonly WireResponse[]): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
  for (const reply of said) stream.write(framed(reply));
}
