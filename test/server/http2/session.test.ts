import type { Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Connection } from '../../../src/server/http2/connection.ts';
import { FrameType, PREFACE } from '../../../src/server/http2/frame.ts';
import { encodeBlock } from '../../../src/server/http2/hpack/encoder.ts';
import { TIMEOUTS } from '../../../src/server/http2/limits.ts';
import { sendData, sendTrailers } from '../../../src/server/http2/send.ts';
import { createSession } from '../../../src/server/http2/session.ts';
import type { Http2Stream } from '../../../src/server/http2/stream.ts';
import { sweepSession } from '../../../src/server/http2/sweep.ts';
import { createBufferBudget } from '../../../src/state/buffer-budget.ts';
import { frame, headers, parseFrames, REQUEST, settings } from './peer.ts';

const ANSWER_BYTES = 60_000;

/** A session on one end of a pair in memory, which takes bytes only as the other end reads them. */
function openSession() {
  const [near, far] = duplexPair();
  const clock = { nowMs: 0 };
  const paths: string[] = [];
  const session = createSession<undefined>(near as Socket, {
    handlers: {
      onRequest: (_connection, _stream, { path }) => void paths.push(path),
      onData: () => undefined,
      onDrained: () => undefined,
      onEnd: (stream) => answer(session.connection, stream),
      onClose: () => undefined,
    },
    maxStreams: 100,
    budget: createBufferBudget(1 << 20),
    now: () => clock.nowMs,
    onPong: () => undefined,
    onClose: () => undefined,
  });
  far.write(Buffer.concat([PREFACE, settings()]));
  onTestFinished(() => {
    near.destroy();
    far.destroy();
  });
  return { session, far, clock, paths };
}

function answer(connection: Connection<undefined>, stream: Http2Stream<undefined>): void {
  sendData(connection, stream, [Buffer.alloc(ANSWER_BYTES)]);
  sendTrailers(connection, stream, encodeBlock([['grpc-status', '0']]));
}

const goaway = frame(FrameType.goaway, {}, Buffer.alloc(8));

test('the last answer of a connection waits for its reader, and the socket is not left open after it', async () => {
  const { session, far, clock } = openSession();
  far.write(Buffer.concat([headers(1, REQUEST, { endStream: true }), goaway]));
  await vi.waitFor(() => expect(session.endedAtMs).toBe(0));
  clock.nowMs = TIMEOUTS.lingerMs + 1;
  sweepSession(session, clock.nowMs);
  expect([session.socket.writableFinished, session.socket.destroyed]).toEqual([false, false]);
  const received: Buffer[] = [];
  far.on('data', (bytes: Buffer) => received.push(bytes));
  await vi.waitFor(() => expect(session.socket.writableFinished).toBe(true));
  const bytes = parseFrames(Buffer.concat(received)).filter(({ type }) => type === FrameType.data);
  expect(bytes.reduce((sum, { payload }) => sum + payload.length, 0)).toBe(ANSWER_BYTES);
  sweepSession(session, clock.nowMs + TIMEOUTS.lingerMs);
  expect(session.socket.destroyed).toBe(false);
  sweepSession(session, clock.nowMs + TIMEOUTS.lingerMs + 1);
  expect(session.socket.destroyed).toBe(true);
});

test('a last answer that nobody reads does not keep the socket', async () => {
  const { session, far, clock } = openSession();
  far.write(Buffer.concat([headers(1, REQUEST, { endStream: true }), goaway]));
  await vi.waitFor(() => expect(session.endedAtMs).toBe(0));
  sweepSession(session, clock.nowMs + TIMEOUTS.stallMs + 1);
  expect(session.socket.destroyed).toBe(true);
});

test('a request after the end of the connection is not begun', async () => {
  const { session, far, paths } = openSession();
  far.write(goaway);
  await vi.waitFor(() => expect(session.endedAtMs).toBe(0));
  await new Promise<void>((resolve) => far.write(headers(1), () => resolve()));
  expect([paths, session.connection.streams.size]).toEqual([[], 0]);
});
