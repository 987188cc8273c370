import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Connection, ConnectionHandlers } from '../../../src/server/http2/connection.ts';
import { PREFACE } from '../../../src/server/http2/frame.ts';
import type { Http2Server, Http2ServerOptions } from '../../../src/server/http2/http2-server.ts';
import { createHttp2Server } from '../../../src/server/http2/http2-server.ts';
import type { RequestHead } from '../../../src/server/http2/request-head.ts';
import type { Http2Stream } from '../../../src/server/http2/stream.ts';
import { createBufferBudget } from '../../../src/state/buffer-budget.ts';
import type { SentFrame } from './peer.ts';
import { parseFrames, settings } from './peer.ts';

/** One request that the server got. */
export interface Got {
  readonly connection: Connection<Got>;
  readonly stream: Http2Stream<Got>;
  readonly head: RequestHead;
  bytes: number;
  state: 'open' | 'ended' | 'closed';
}

/** A server on 127.0.0.1 that notes its requests, with a clock that a test moves on. */
export interface NotedServer {
  readonly server: Http2Server;
  readonly port: number;
  readonly got: readonly Got[];
  readonly refused: readonly string[];
  readonly clock: { skewMs: number };
  readonly usedBytes: () => number;
}

/** Starts a server that ends with the test. */
export async function startNotedServer(
  options: Partial<Http2ServerOptions<Got>> & {
    readonly onEnd?: (got: Got) => void;
    readonly budgetBytes?: number;
  } = {},
): Promise<NotedServer> {
  const got: Got[] = [];
  const refused: string[] = [];
  const clock = { skewMs: 0 };
  const budget = createBufferBudget(options.budgetBytes ?? 64 << 20);
  const handlers: ConnectionHandlers<Got> = {
    onRequest: (connection, stream, head) => {
      stream.owner = { connection, stream, head, bytes: 0, state: 'open' };
      got.push(stream.owner);
    },
    onData: ({ owner }, bytes) => {
      if (owner !== undefined) owner.bytes += bytes.length;
    },
    onDrained: () => undefined,
    onEnd: ({ owner }) => {
      if (owner === undefined) return;
      owner.state = 'ended';
      options.onEnd?.(owner);
    },
    onClose: ({ owner }) => {
      if (owner !== undefined) owner.state = 'closed';
    },
  };
  const server = createHttp2Server<Got>({
    handlers,
    maxStreams: 1000,
    maxConnections: 100,
    budget,
    now: () => performance.now() + clock.skewMs,
    onRefused: (_peer, reason) => refused.push(reason),
    ...options,
  });
  onTestFinished(() => server.close());
  return { server, port: await server.listen('127.0.0.1', 0), got, refused, clock, usedBytes: budget.used };
}

/** A client that speaks in frames. */
export interface RawClient {
  readonly socket: Socket;
  readonly write: (...pieces: readonly Uint8Array[]) => void;
  /** All whole frames so far. */
  readonly frames: () => readonly SentFrame[];
  readonly closed: () => boolean;
}

/** Connects; unless told otherwise the preface and SETTINGS are sent at once. */
export function connectRaw(port: number, { start = true } = {}): RawClient {
  const socket = connect(port, '127.0.0.1');
  return speakRaw(socket, { start });
}

/** Speaks in frames over a socket that ends with the test. */
export function speakRaw(socket: Socket, { start = true } = {}): RawClient {
  const received: Buffer[] = [];
  let closed = false;
  socket.on('data', (bytes: Buffer) => received.push(bytes));
  socket.on('close', () => {
    closed = true;
  });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  if (start) socket.write(Buffer.concat([PREFACE, settings()]));
  return {
    socket,
    write: (...pieces) => void socket.write(Buffer.concat(pieces)),
    frames: () => wholeFrames(Buffer.concat(received)),
    closed: () => closed,
  };
}

function wholeFrames(bytes: Buffer): readonly SentFrame[] {
  let end = 0;
  while (end + 9 <= bytes.length && end + 9 + bytes.readUIntBE(end, 3) <= bytes.length) {
    end += 9 + bytes.readUIntBE(end, 3);
  }
  return parseFrames(bytes.subarray(0, end));
}
