import { connect } from 'node:http2';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { GrpcServerOptions } from '../../src/server/grpc-server.ts';
import { DESCRIPTOR_SET, SERVICES } from '../../src/server/proto.ts';
import type { ReflectionRequest, ReflectionResponse } from '../../src/server/reflection.ts';
import { createReflection } from '../../src/server/reflection.ts';
import {
  createServer,
  echo,
  exchange,
  noteCalls,
  openClient,
  openProcess,
  openStream,
  startServer,
  statusOf,
} from './grpc-client.ts';
import { TRANSPORTS } from './transports.ts';

const OK = 0;
const CANCELLED = 1;
const RESOURCE_EXHAUSTED = 8;
const INTERNAL = 13;
const UNAVAILABLE = 14;

describe.each(TRANSPORTS)('on %s', (_name, transport) => {
  const start = (options: Partial<GrpcServerOptions>) => startServer(options, transport);
  const create = (options: Partial<GrpcServerOptions>) => createServer(options, transport);

  describe('a call', () => {
    test('carries messages both ways and its metadata, and closes once after a clean end', async () => {
      const noted = noteCalls(echo);
      const { port } = await start({ extProc: noted.service });
      const metadata = new Metadata();
      metadata.set('x-epp-body-mode', 'STREAMED');
      const stream = openProcess(openClient(port), metadata);
      const replies: unknown[] = [];
      stream.on('data', (reply) => {
        replies.push(reply);
        stream.end();
      });
      stream.write({ request_body: { body: Buffer.from('abc'), end_of_stream: true } });
      expect((await statusOf(stream)).code).toBe(OK);
      await vi.waitFor(() => expect(noted.events).toEqual(['half-close', 'close']));
      expect(noted.messages).toEqual([{ request_body: { body: Buffer.from('abc'), end_of_stream: true } }]);
      expect(replies).toEqual([{ response: 'request_headers', request_headers: {} }]);
      expect(noted.calls.map((call) => [call.metadata('x-epp-body-mode'), call.metadata('x-none')])).toEqual([
        ['STREAMED', undefined],
      ]);
    });

    test('closes once after a cancel, and what is sent later is dropped', async () => {
      const noted = noteCalls(echo);
      const { port } = await start({ extProc: noted.service });
      const stream = openProcess(openClient(port));
      stream.resume();
      stream.write({ request_headers: {} });
      await vi.waitFor(() => expect(noted.messages).toHaveLength(1));
      stream.cancel();
      expect((await statusOf(stream)).code).toBe(CANCELLED);
      await vi.waitFor(() => expect(noted.closes()).toBe(1));
      noted.calls[0]?.send({ request_headers: {} });
      noted.calls[0]?.end();
      await exchange(openClient(port));
      await vi.waitFor(() => expect(noted.closes()).toBe(2));
    });

    test('closes once when the server ends it first', async () => {
      const noted = noteCalls((call) => ({ onMessage: () => call.end() }));
      const { port } = await start({ extProc: noted.service });
      const stream = openProcess(openClient(port));
      stream.resume();
      stream.write({ request_headers: {} });
      expect((await statusOf(stream)).code).toBe(OK);
      await vi.waitFor(() => expect(noted.closes()).toBe(1));
    });

    test('closes once when its connection breaks', async () => {
      const noted = noteCalls();
      const { port } = await start({ extProc: noted.service });
      const client = connect(`http://127.0.0.1:${port}`);
      client.on('error', () => undefined);
      const stream = client.request(processHeaders(port));
      stream.on('error', () => undefined);
      stream.write(frame());
      await vi.waitFor(() => expect(noted.messages).toHaveLength(1));
      client.destroy();
      await vi.waitFor(() => expect(noted.closes()).toBe(1));
    });

    test('fails alone when a message is too large or no message at all', async () => {
      const noted = noteCalls(echo);
      const { port } = await start({ extProc: noted.service, maxReceiveBytes: 1000 });
      const client = openClient(port);
      const large = openProcess(client);
      large.write({ request_body: { body: Buffer.alloc(2000) } });
      expect((await statusOf(large)).code).toBe(RESOURCE_EXHAUSTED);
      const session = connect(`http://127.0.0.1:${port}`);
      onTestFinished(() => session.destroy());
      const garbage = session.request(processHeaders(port));
      garbage.write(frame(Buffer.from([0xff, 0xff, 0xff])));
      const trailers = new Promise<{ readonly [name: string]: unknown }>((resolve) =>
        garbage.on('trailers', resolve),
      );
      const headers = new Promise<{ readonly [name: string]: unknown }>((resolve) =>
        garbage.on('response', resolve),
      );
      const status = await Promise.race([trailers, headers]);
      expect(Number(status['grpc-status'])).toBe(INTERNAL);
      garbage.destroy();
      await vi.waitFor(() => expect(noted.closes()).toBe(2));
      expect((await exchange(client)).code).toBe(OK);
    });
  });

  test('3000 resets on one connection are no attack: no GOAWAY, and the next stream works', async () => {
    const { port } = await start({ extProc: noteCalls(echo).service });
    const session = connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => session.destroy());
    const goaways: number[] = [];
    session.on('goaway', (code) => goaways.push(code));
    for (let batch = 0; batch < 30; batch += 1) {
      await Promise.all(
        Array.from({ length: 100 }, () => openAndReset(session.request(processHeaders(port)))),
      );
    }
    const stream = session.request(processHeaders(port));
    stream.end(frame());
    stream.resume();
    const trailers = await new Promise<{ readonly [name: string]: unknown }>((resolve) =>
      stream.on('trailers', resolve),
    );
    expect({ status: Number(trailers['grpc-status']), goaways, closed: session.closed }).toEqual({
      status: OK,
      goaways: [],
      closed: false,
    });
  });

  test('nothing more is read from a call whose replies are not taken', async () => {
    const reply = { request_body: { response: { body_mutation: { body: Buffer.alloc(1 << 18) } } } };
    const noted = noteCalls((call) => ({ onMessage: () => call.send(reply), onHalfClose: () => call.end() }));
    const { port } = await start({ extProc: noted.service });
    const stream = openProcess(openClient(port));
    // Short ones would all be there before the first reply could be seen to wait.
    const body = Buffer.alloc(1 << 14);
    for (let sent = 0; sent < 1000; sent += 1) stream.write({ request_body: { body } });
    stream.end();
    const other = openClient(port);
    await vi.waitFor(() => expect(noted.messages.length).toBeGreaterThan(10));
    for (let round = 0; round < 20; round += 1) await openAndAnswer(other);
    expect(noted.messages.length).toBeLessThan(500);
    const replies: unknown[] = [];
    stream.on('data', () => replies.push(true));
    expect((await statusOf(stream)).code).toBe(OK);
    expect(replies).toHaveLength(1000);

    /** Another stream is served meanwhile. */
    async function openAndAnswer(client: ReturnType<typeof openClient>): Promise<void> {
      expect((await exchange(client)).code).toBe(OK);
    }
  });

  describe('a drain', () => {
    test('lets open streams run on, takes no new connection and ends with the last stream', async () => {
      const noted = noteCalls(echo);
      const { server, port } = await start({ extProc: noted.service });
      const stream = openProcess(openClient(port));
      const replies: unknown[] = [];
      stream.on('data', () => replies.push(true));
      stream.write({ request_headers: {} });
      await vi.waitFor(() => expect(replies).toHaveLength(1));
      const done: true[] = [];
      const drained = server.drain().then(() => done.push(true));
      expect((await exchange(openClient(port))).code).toBe(UNAVAILABLE);
      stream.write({ response_body: {} });
      await vi.waitFor(() => expect(replies).toHaveLength(2));
      expect(done).toEqual([]);
      stream.end();
      expect((await statusOf(stream)).code).toBe(OK);
      await drained;
    });

    test('does not wait for those who watch the health', async () => {
      const { server, port } = await start({});
      const watch = openStream(openClient(port), { service: SERVICES.health, method: 'Watch' });
      const statuses: unknown[] = [];
      watch.on('data', (status) => statuses.push(status));
      watch.end({ service: 'liveness' });
      await vi.waitFor(() => expect(statuses).toHaveLength(1));
      const ended = statusOf(watch);
      await server.drain();
      expect((await ended).code).toBe(UNAVAILABLE);
    });

    test('close cuts the streams that are open', async () => {
      const noted = noteCalls(echo);
      const { server, port } = await start({ extProc: noted.service });
      const stream = openProcess(openClient(port));
      const replied = new Promise((resolve) => stream.once('data', resolve));
      stream.write({ request_headers: {} });
      await replied;
      server.close();
      expect((await statusOf(stream)).code).not.toBe(OK);
      await vi.waitFor(() => expect(noted.closes()).toBe(1));
    });
  });

  test.each([SERVICES.reflection, SERVICES.reflectionAlpha])('%s answers on its stream', async (service) => {
    const { port } = await start({ reflection: createReflection(DESCRIPTOR_SET) });
    const stream = openStream<ReflectionRequest, ReflectionResponse>(openClient(port), {
      service,
      method: 'ServerReflectionInfo',
    });
    const answers: ReflectionResponse[] = [];
    stream.on('data', (answer) => answers.push(answer));
    stream.write({ list_services: '*' });
    stream.write({ file_containing_symbol: `${SERVICES.extProc}.Process` });
    stream.write({ file_by_filename: 'none.proto' });
    stream.end();
    expect((await statusOf(stream)).code).toBe(OK);
    expect(answers.map((answer) => answer.list_services_response?.service?.map(({ name }) => name))).toEqual([
      Object.values(SERVICES),
      undefined,
      undefined,
    ]);
    expect(answers[1]?.file_descriptor_response?.file_descriptor_proto).toHaveLength(6);
    expect(answers[2]?.error_response).toEqual({ error_code: 5, error_message: 'none.proto not found' });
  });

  test('a port that is taken is an error', async () => {
    const { port } = await start({});
    const server = create({});
    await expect(server.listen('127.0.0.1', port)).rejects.toThrow('EADDRINUSE');
  });

  test('listens on IPv6', async () => {
    const server = create({ extProc: noteCalls(echo).service });
    const port = await server.listen('::1', 0);
    const session = connect(`http://[::1]:${port}`);
    onTestFinished(() => session.destroy());
    await new Promise((resolve) => session.once('connect', resolve));
    expect(session.destroyed).toBe(false);
  });
});

function processHeaders(port: number) {
  return {
    ':method': 'POST',
    ':path': `/${SERVICES.extProc}/Process`,
    ':authority': `127.0.0.1:${port}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  };
}

/** A gRPC frame; without a message it carries `request_headers {}`. */
function frame(message = Buffer.from([0x12, 0])): Buffer {
  const header = Buffer.alloc(5);
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
}

/** Sends a message, awaits the reply's first bytes and resets, as Envoy ends its streams. */
function openAndReset(stream: import('node:http2').ClientHttp2Stream): Promise<void> {
  stream.on('error', () => undefined);
  stream.once('data', () => stream.close(8));
  stream.write(frame());
  return new Promise((resolve) => stream.once('close', () => resolve()));
}
