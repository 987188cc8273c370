import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { FrameType, PREFACE } from '../../../src/server/http2/frame.ts';
import { encodeBlock } from '../../../src/server/http2/hpack/encoder.ts';
import { TIMEOUTS } from '../../../src/server/http2/limits.ts';
import { sendData, sendHeaders, sendTrailers } from '../../../src/server/http2/send.ts';
import { createAuthority } from '../certificates.ts';
import { data, errorIn, frame, headers, REQUEST, settings, word } from './peer.ts';
import type { Got, RawClient } from './raw-client.ts';
import { connectRaw, speakRaw, startNotedServer } from './raw-client.ts';

const OK_BLOCK = encodeBlock([[':status', '200']]);
const END_BLOCK = encodeBlock([['grpc-status', '0']]);

/** Answers a request with so many bytes, all different from their neighbours. */
function answer(bytes: number): (got: Got) => void {
  const body = Buffer.from(Array.from({ length: bytes }, (_, at) => at % 251));
  return ({ connection, stream }) => {
    sendHeaders(connection, stream, OK_BLOCK);
    sendData(connection, stream, [body]);
    sendTrailers(connection, stream, END_BLOCK);
  };
}

const bodyOf = (client: RawClient, streamId: number) =>
  Buffer.concat(
    client
      .frames()
      .filter((sent) => sent.type === FrameType.data && sent.streamId === streamId)
      .map(({ payload }) => payload),
  );
const ended = (client: RawClient, streamId: number) =>
  client
    .frames()
    .some(
      ({ type, flags, streamId: id }) => type === FrameType.headers && id === streamId && (flags & 1) === 1,
    );
const goaways = (client: RawClient) => client.frames().filter(({ type }) => type === FrameType.goaway);

/** The sweep comes once a second. */
const soon = <T>(check: () => T) => vi.waitFor(check, 30_000);

test('a request and its answer, as large as they may be, arrive whole', async () => {
  const { port, got } = await startNotedServer({ onEnd: answer(3_000_000) });
  const client = connectRaw(port);
  client.write(settings([4, 0x7fff_ffff]), word(FrameType.windowUpdate, 0, 0x7000_0000), headers(1));
  for (let sent = 0; sent < 300; sent += 1) client.write(data(1, Buffer.alloc(16_384, sent)));
  client.write(data(1, '', true));
  await soon(() => expect(ended(client, 1)).toBe(true));
  expect(got[0]?.bytes).toBe(300 * 16_384);
  const body = bodyOf(client, 1);
  expect([body.length, body.every((byte, at) => byte === at % 251)]).toEqual([3_000_000, true]);
});

test('a peer that does not read costs a bounded memory, and gets everything when it does', async () => {
  const { port, got, usedBytes } = await startNotedServer({ onEnd: answer(8 << 20) });
  const client = connectRaw(port);
  client.socket.pause();
  client.write(settings([4, 0x7fff_ffff]), word(FrameType.windowUpdate, 0, 0x7000_0000));
  for (const id of [1, 3, 5, 7]) client.write(headers(id, REQUEST, { endStream: true }));
  await soon(() => expect(usedBytes()).toBeGreaterThan(16 << 20));
  const other = connectRaw(port);
  other.write(headers(1, REQUEST, { endStream: true }));
  await soon(() => expect(got).toHaveLength(5));
  client.socket.resume();
  await soon(() =>
    expect([1, 3, 5, 7].map((id) => bodyOf(client, id).length)).toEqual(Array(4).fill(8 << 20)),
  );
  other.write(word(FrameType.rstStream, 1, 8));
  await soon(() => expect(usedBytes()).toBe(0));
});

describe('by the clock', () => {
  test('a preface that does not come ends the connection', async () => {
    const { port, clock, refused } = await startNotedServer();
    const client = connectRaw(port, { start: false });
    client.write(PREFACE.subarray(0, 10));
    await soon(() => expect(client.frames().length).toBeGreaterThan(0));
    clock.skewMs = TIMEOUTS.handshakeMs + 1;
    await soon(() => expect(client.closed()).toBe(true));
    expect([errorIn(client.frames()), refused]).toEqual(['goaway 4', ['no SETTINGS in time']]);
  });

  test('a silent peer is asked for a sign of life, and lives on if it gives one', async () => {
    const { port, clock } = await startNotedServer();
    const [alive, dead] = [connectRaw(port), connectRaw(port)];
    await soon(() => expect([alive, dead].map((each) => each.frames().length > 1)).toEqual([true, true]));
    clock.skewMs += TIMEOUTS.keepaliveMs + 1;
    const pings = (client: RawClient) =>
      client.frames().filter(({ type, flags }) => type === FrameType.ping && flags === 0);
    await soon(() => expect([alive, dead].map((each) => pings(each).length)).toEqual([1, 1]));
    alive.write(frame(FrameType.ping, { flags: 1 }, pings(alive)[0]?.payload));
    const received = alive.frames().length;
    alive.write(frame(FrameType.ping, {}, Buffer.alloc(8)));
    await soon(() => expect(alive.frames().length).toBeGreaterThan(received));
    clock.skewMs += TIMEOUTS.pingMs + 1;
    await soon(() => expect(dead.closed()).toBe(true));
    expect(alive.closed()).toBe(false);
  });

  test('a connection without streams is left in two steps', async () => {
    const { port, clock } = await startNotedServer();
    const client = connectRaw(port);
    await soon(() => expect(client.frames().length).toBeGreaterThan(1));
    clock.skewMs = TIMEOUTS.idleMs + 1;
    await soon(() => expect(goaways(client)).toHaveLength(1));
    expect(goaways(client)[0]?.payload.readUInt32BE(0)).toBe(0x7fff_ffff);
    clock.skewMs += TIMEOUTS.goawayMs + 1;
    await soon(() => expect(client.closed()).toBe(true));
    expect(goaways(client)[1]?.payload.readUInt32BE(0)).toBe(0);
  });

  test('a stream whose window stays shut is reset, and its memory is free', async () => {
    const { port, clock, usedBytes } = await startNotedServer({ onEnd: answer(100_000) });
    const client = connectRaw(port);
    client.write(settings([4, 10]), headers(1, REQUEST, { endStream: true }));
    await soon(() => expect(usedBytes()).toBe(99_990));
    client.write(word(FrameType.windowUpdate, 1, 1));
    await soon(() => expect(usedBytes()).toBe(99_989));
    clock.skewMs = TIMEOUTS.stallMs + 1;
    await soon(() => expect(errorIn(client.frames())).toBe('reset 1 8'));
    expect(usedBytes()).toBe(0);
  });
});

test('a peer that reads nothing for too long is left, and its memory is free', async () => {
  const { port, got, clock, usedBytes } = await startNotedServer({ onEnd: answer(16 << 20) });
  const client = connectRaw(port);
  client.socket.pause();
  client.write(settings([4, 0x7fff_ffff]), word(FrameType.windowUpdate, 0, 0x7000_0000));
  client.write(headers(1, REQUEST, { endStream: true }));
  await soon(() => expect(usedBytes()).toBeGreaterThan(4 << 20));
  clock.skewMs = TIMEOUTS.stallMs + 1;
  await soon(() => expect([usedBytes(), got[0]?.state]).toEqual([0, 'closed']));
});

describe('a drain', () => {
  test('announces itself, awaits the answer to its PING, names the last stream and ends with it', async () => {
    const { server, port, got } = await startNotedServer();
    const client = connectRaw(port);
    client.write(headers(1));
    await soon(() => expect(got).toHaveLength(1));
    const drained: true[] = [];
    void server.drain().then(() => drained.push(true));
    await soon(() => expect(goaways(client)).toHaveLength(1));
    client.write(headers(3, REQUEST, { endStream: true }));
    await soon(() => expect(got).toHaveLength(2));
    const ping = client.frames().find(({ type }) => type === FrameType.ping);
    client.write(frame(FrameType.ping, { flags: 1 }, ping?.payload));
    await soon(() =>
      expect(goaways(client).map(({ payload }) => payload.readUInt32BE(0))).toEqual([0x7fff_ffff, 3]),
    );
    client.write(word(FrameType.rstStream, 1, 8));
    await soon(() => expect(got[0]?.state).toBe('closed'));
    expect(drained).toEqual([]);
    client.write(word(FrameType.rstStream, 3, 8));
    await soon(() => expect([drained, client.closed()]).toEqual([[true], true]));
  });

  test('does not wait for a peer that answers no PING', async () => {
    const { server, port } = await startNotedServer();
    const client = connectRaw(port);
    await soon(() => expect(client.frames().length).toBeGreaterThan(1));
    await server.drain();
    expect(goaways(client)).toHaveLength(2);
  });
});

test('a hostile connection ends with one line, while the others go on', async () => {
  const { port, got, refused } = await startNotedServer({ onEnd: answer(10) });
  const hostile = connectRaw(port);
  const other = connectRaw(port);
  for (let at = 0; at < 200; at += 1) hostile.write(settings());
  await soon(() => expect(hostile.closed()).toBe(true));
  expect([errorIn(hostile.frames()), refused]).toEqual(['goaway 11', ['too many SETTINGS']]);
  other.write(headers(1, REQUEST, { endStream: true }));
  await soon(() => expect(ended(other, 1)).toBe(true));
  expect(got).toHaveLength(1);
});

test('connections above the limit are closed and told', async () => {
  const { port, refused } = await startNotedServer({ maxConnections: 2 });
  const clients = [connectRaw(port), connectRaw(port)];
  await soon(() => expect(clients.every((client) => client.frames().length > 1)).toBe(true));
  const third = connectRaw(port);
  await soon(() => expect(third.closed()).toBe(true));
  expect(refused).toEqual(['more than 2 connections']);
  expect(clients.map((client) => client.closed())).toEqual([false, false]);
});

describe('over TLS', () => {
  async function start() {
    const { cert, key } = await createAuthority('serin');
    const credentials = {
      current: () => ({ cert, key }),
      subscribe: () => undefined,
      requireClientCertificate: false,
    };
    return startNotedServer({ credentials, onEnd: answer(10) });
  }

  test.each([
    ['h2', ['h2']],
    ['h2 among others', ['http/1.1', 'h2']],
    ['nothing', undefined],
  ])('a client that offers %s is served', async (_name, ALPNProtocols) => {
    const { port } = await start();
    const offer = ALPNProtocols === undefined ? {} : { ALPNProtocols };
    const client = speakRaw(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...offer }));
    client.write(headers(1, REQUEST, { endStream: true }));
    await soon(() => expect(bodyOf(client, 1)).toHaveLength(10));
  });

  test('a client that renegotiates is gone', async () => {
    const { port } = await start();
    const offer = { ALPNProtocols: ['h2'], maxVersion: 'TLSv1.2' } as const;
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...offer });
    const client = speakRaw(socket);
    await soon(() => expect(client.frames().length).toBeGreaterThan(1));
    socket.renegotiate({ rejectUnauthorized: false }, () => undefined);
    await soon(() => expect(client.closed()).toBe(true));
  });

  test.each([
    ['another protocol alone', { ALPNProtocols: ['http/1.1'] }],
    ['TLS 1.1', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' } as const],
  ])('a client with %s is refused and told', async (_name, offer) => {
    const { port, refused } = await start();
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...offer });
    onTestFinished(() => void socket.destroy());
    await new Promise((resolve) => socket.once('error', resolve));
    await soon(() => expect(refused).toHaveLength(1));
  });
});
