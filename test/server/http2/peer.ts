import type {
  Connection,
  ConnectionHandlers,
  ConnectionOptions,
} from '../../../src/server/http2/connection.ts';
import { createConnection } from '../../../src/server/http2/connection.ts';
import { FrameType, PREFACE } from '../../../src/server/http2/frame.ts';
import type { HeaderField } from '../../../src/server/http2/hpack/encoder.ts';
import { encodeBlock } from '../../../src/server/http2/hpack/encoder.ts';
import { takeOutput } from '../../../src/server/http2/output.ts';
import { createReceiver } from '../../../src/server/http2/receive.ts';
import type { Http2Stream } from '../../../src/server/http2/stream.ts';
import { createBufferBudget } from '../../../src/state/buffer-budget.ts';

/** A frame that the server sent. */
export interface SentFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** What a connection told the layer above, as text. */
export type Told = readonly string[];

/** A connection in memory with what a test needs at both of its ends. */
export interface Link<Owner> {
  readonly connection: Connection<Owner>;
  /** Gives the connection bytes, and returns the frames that it sends in answer. */
  readonly send: (...pieces: readonly Uint8Array[]) => readonly SentFrame[];
  /** What was sent since. */
  readonly frames: () => readonly SentFrame[];
  readonly clock: { nowMs: number };
}

/** A connection in memory that notes what it tells. */
export interface Peer extends Link<unknown> {
  readonly told: string[];
  readonly streams: Http2Stream<unknown>[];
  readonly usedBytes: () => number;
}

/** The fields of a gRPC request as Envoy sends them. */
export const REQUEST: readonly HeaderField[] = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/p.S/M'],
  [':authority', 'serin'],
  ['te', 'trailers'],
  ['content-type', 'application/grpc'],
];

const REQUEST_BLOCK = encodeBlock(REQUEST);

/** Creates a connection; unless told otherwise it has already got the preface and SETTINGS. */
export function createPeer(
  options: Partial<ConnectionOptions<unknown>> & {
    readonly start?: 'preface';
    readonly budgetBytes?: number;
  } = {},
): Peer {
  const told: string[] = [];
  const streams: Http2Stream<unknown>[] = [];
  const budget = createBufferBudget(options.budgetBytes ?? 1 << 20);
  const link = createLink<unknown>({
    handlers: noteAll(told, streams),
    budget: { reserve: budget.reserve, release: budget.release },
    onPong: () => void told.push('pong'),
    ...options,
  });
  if (options.start !== 'preface') link.send(PREFACE, settings());
  return { ...link, told, streams, usedBytes: budget.used };
}

/** Creates a connection that has got nothing yet, with a clock that stands still. */
export function createLink<Owner>(
  options: Partial<ConnectionOptions<Owner>> & Pick<ConnectionOptions<Owner>, 'handlers' | 'budget'>,
): Link<Owner> {
  const clock = { nowMs: 0 };
  const connection = createConnection<Owner>({
    maxStreams: 100,
    now: () => clock.nowMs,
    wake: () => undefined,
    onPong: () => undefined,
    ...options,
  });
  const receive = createReceiver(connection, () => undefined);
  const frames = () => parseFrames(Buffer.concat(takeOutput(connection.output)));
  function send(...pieces: readonly Uint8Array[]): readonly SentFrame[] {
    for (const piece of pieces) receive(piece);
    return frames();
  }
  return { connection, send, frames, clock };
}

function noteAll(told: string[], streams: Http2Stream<unknown>[]): ConnectionHandlers<unknown> {
  return {
    onRequest: (_connection, stream, head) => {
      streams.push(stream);
      told.push(`request ${stream.id} ${head.path}`);
    },
    onData: ({ id }, bytes) => void told.push(`data ${id} ${Buffer.from(bytes).toString()}`),
    onDrained: ({ id }) => void told.push(`drained ${id}`),
    onEnd: ({ id }) => void told.push(`end ${id}`),
    onClose: ({ id }) => void told.push(`close ${id}`),
  };
}

/** Builds any frame. */
export function frame(
  type: number,
  { flags = 0, streamId = 0 }: { readonly flags?: number; readonly streamId?: number } = {},
  payload: Uint8Array = Buffer.alloc(0),
): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(streamId, 5);
  return Buffer.concat([header, payload]);
}

/** Builds SETTINGS. */
export function settings(...entries: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(entries.length * 6);
  for (const [at, [identifier, value]] of entries.entries()) {
    payload.writeUInt16BE(identifier, at * 6);
    payload.writeUInt32BE(value, at * 6 + 2);
  }
  return frame(FrameType.settings, {}, payload);
}

/** Builds HEADERS with END_HEADERS. */
export function headers(
  streamId: number,
  fields: readonly HeaderField[] = REQUEST,
  { endStream = false }: { readonly endStream?: boolean } = {},
): Buffer {
  const block = fields === REQUEST ? REQUEST_BLOCK : encodeBlock(fields);
  return frame(FrameType.headers, { streamId, flags: endStream ? 5 : 4 }, block);
}

/** Builds DATA. */
export function data(streamId: number, text: string | Uint8Array, endStream = false): Buffer {
  return frame(FrameType.data, { streamId, flags: endStream ? 1 : 0 }, Buffer.from(text));
}

/** Builds a frame whose payload is one word: RST_STREAM, WINDOW_UPDATE. */
export function word(type: number, streamId: number, value: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(value);
  return frame(type, { streamId }, payload);
}

/** Cuts the server's bytes into frames. */
export function parseFrames(bytes: Buffer): readonly SentFrame[] {
  const found: SentFrame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    const end = at + 9 + length;
    const [type, flags] = [bytes[at + 3] ?? 0, bytes[at + 4] ?? 0];
    found.push({ type, flags, streamId: bytes.readUInt32BE(at + 5), payload: bytes.subarray(at + 9, end) });
    at = end;
  }
  return found;
}

/** The code of the GOAWAY or RST_STREAM in an answer, with its stream; undefined if there is none. */
export function errorIn(sent: readonly SentFrame[]): string | undefined {
  const found = sent.find(({ type }) => type === FrameType.goaway || type === FrameType.rstStream);
  if (found === undefined) return undefined;
  if (found.type === FrameType.goaway) return `goaway ${found.payload.readUInt32BE(4)}`;
  return `reset ${found.streamId} ${found.payload.readUInt32BE(0)}`;
}
