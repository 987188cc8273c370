import type { Fault } from './fault.ts';
import { ErrorCode, fault } from './fault.ts';
import type { FrameHeader } from './frame.ts';
import { Flag, FRAME_HEADER_BYTES, FrameType, PREFACE } from './frame.ts';

/** A piece of a DATA frame: its bytes without padding, and what of the flow-control window it took. */
export interface DataPiece {
  readonly bytes: Uint8Array;
  readonly flowBytes: number;
  /** The last piece of a frame with END_STREAM. */
  readonly endStream: boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * What frames become. Each method returns a fault to end the connection. Headers and pieces are the reader's own
 * records, which it writes anew for the next one: a request is six frames, and their records would be a tenth of
 * what it leaves to the collector.
 */
export interface FrameSink {
  /** Called with every header before its payload is read. */
  readonly onHeader: (header: FrameHeader) => Fault | undefined;
  /** Called with each piece of a DATA frame as it arrives, once at least. */
  readonly onData: (streamId: number, piece: DataPiece) => Fault | undefined;
  /** Called with every other frame of a known type when its payload is whole. */
  readonly onFrame: (header: FrameHeader, payload: Uint8Array) => Fault | undefined;
}

/** Where a connection is read to; only the functions of this file look inside. */
export interface FrameReader {
  readonly sink: FrameSink;
  expecting: 'preface' | 'header' | 'data' | 'payload' | 'unknown';
  prefaceBytes: number;
  readonly header: Mutable<FrameHeader>;
  readonly piece: Mutable<DataPiece>;
  /** Bytes of the frame's payload that are still to come, and how many of them are padding. */
  remaining: number;
  padding: number;
  /** The length of the padding is itself still to come. */
  paddingUnread: boolean;
  /** What a chunk's end has cut through: a header, or the payload of a frame other than DATA. */
  readonly headerBytes: Uint8Array;
  payload: Uint8Array;
  gathered: number;
  /** The chunk at hand. */
  chunk: Uint8Array;
  at: number;
}

const NO_BYTES = new Uint8Array(0);

/** Creates a reader that expects the preface (RFC 9113 §3.4). */
export function createFrameReader(sink: FrameSink): FrameReader {
  return {
    sink,
    expecting: 'preface',
    prefaceBytes: 0,
    header: { length: 0, type: FrameType.data, flags: 0, streamId: 0 },
    piece: { bytes: NO_BYTES, flowBytes: 0, endStream: false },
    remaining: 0,
    padding: 0,
    paddingUnread: false,
    headerBytes: new Uint8Array(FRAME_HEADER_BYTES),
    payload: NO_BYTES,
    gathered: 0,
    chunk: NO_BYTES,
    at: 0,
  };
}

/**
 * Takes the next bytes of the socket, however they are cut (RFC 9113 §4.1). DATA is passed on as slices of
 * the chunks; other payloads are gathered only if a chunk ends inside them, and those of unknown types are
 * dropped as they come (§5.5). Nothing may be read after a fault.
 */
export function readFrames(reader: FrameReader, chunk: Uint8Array): Fault | undefined {
  reader.chunk = chunk;
  reader.at = 0;
  while (reader.at < chunk.length) {
    const problem = step(reader);
    if (problem !== undefined) return problem;
  }
  reader.chunk = NO_BYTES;
  return undefined;
}

function step(reader: FrameReader): Fault | undefined {
  switch (reader.expecting) {
    case 'preface':
      return readPreface(reader);
    case 'header':
      return readHeader(reader);
    case 'data':
      return readData(reader);
    case 'payload':
      return readPayload(reader);
    case 'unknown':
      return skip(reader);
  }
}

function readPreface(reader: FrameReader): Fault | undefined {
  while (reader.at < reader.chunk.length && reader.prefaceBytes < PREFACE.length) {
    if (reader.chunk[reader.at++] !== PREFACE[reader.prefaceBytes++])
      return fault(ErrorCode.protocolError, 'no HTTP/2 preface');
  }
  if (reader.prefaceBytes === PREFACE.length) reader.expecting = 'header';
  return undefined;
}

function readHeader(reader: FrameReader): Fault | undefined {
  if (reader.gathered === 0 && reader.chunk.length - reader.at >= FRAME_HEADER_BYTES) {
    parseHeader(reader.header, reader.chunk, reader.at);
    reader.at += FRAME_HEADER_BYTES;
  } else {
    reader.headerBytes[reader.gathered++] = reader.chunk[reader.at++] ?? 0;
    if (reader.gathered < FRAME_HEADER_BYTES) return undefined;
    reader.gathered = 0;
    parseHeader(reader.header, reader.headerBytes, 0);
  }
  const problem = reader.sink.onHeader(reader.header);
  return problem ?? beginPayload(reader);
}

function beginPayload(reader: FrameReader): Fault | undefined {
  const { type, length } = reader.header;
  reader.remaining = length;
  if (type === FrameType.data) return beginData(reader);
  if (type > FrameType.continuation) reader.expecting = length === 0 ? 'header' : 'unknown';
  else if (length === 0) return emitFrame(reader, NO_BYTES);
  else reader.expecting = 'payload';
  return undefined;
}

function beginData(reader: FrameReader): Fault | undefined {
  reader.padding = 0;
  reader.paddingUnread = (reader.header.flags & Flag.padded) !== 0;
  if (reader.remaining > 0) {
    reader.expecting = 'data';
    return undefined;
  }
  if (reader.paddingUnread) return fault(ErrorCode.frameSizeError, 'DATA without its padding');
  return emitData(reader, NO_BYTES, 0);
}

function readData(reader: FrameReader): Fault | undefined {
  let flowBytes = 0;
  if (reader.paddingUnread) {
    reader.padding = reader.chunk[reader.at++] ?? 0;
    reader.paddingUnread = false;
    reader.remaining -= 1;
    flowBytes = 1;
    if (reader.padding > reader.remaining) return fault(ErrorCode.protocolError, 'more padding than payload');
  }
  const length = Math.min(reader.remaining, reader.chunk.length - reader.at);
  const dataLength = Math.min(length, reader.remaining - reader.padding);
  const bytes = dataLength > 0 ? reader.chunk.subarray(reader.at, reader.at + dataLength) : NO_BYTES;
  reader.at += length;
  reader.remaining -= length;
  if (reader.remaining < reader.padding) reader.padding = reader.remaining;
  return emitData(reader, bytes, flowBytes + length);
}

function emitData(reader: FrameReader, bytes: Uint8Array, flowBytes: number): Fault | undefined {
  const { piece, header } = reader;
  const last = reader.remaining === 0;
  if (last) reader.expecting = 'header';
  piece.bytes = bytes;
  piece.flowBytes = flowBytes;
  piece.endStream = last && (header.flags & Flag.endStream) !== 0;
  const problem = reader.sink.onData(header.streamId, piece);
  // An idle connection keeps no chunk of the socket alive.
  piece.bytes = NO_BYTES;
  return problem;
}

function readPayload(reader: FrameReader): Fault | undefined {
  if (reader.gathered === 0 && reader.chunk.length - reader.at >= reader.remaining) {
    reader.at += reader.remaining;
    return emitFrame(reader, reader.chunk.subarray(reader.at - reader.remaining, reader.at));
  }
  if (reader.gathered === 0) reader.payload = new Uint8Array(reader.header.length);
  const piece = reader.chunk.subarray(reader.at, reader.at + reader.remaining);
  reader.payload.set(piece, reader.gathered);
  reader.gathered += piece.length;
  reader.at += piece.length;
  reader.remaining -= piece.length;
  if (reader.remaining > 0) return undefined;
  reader.gathered = 0;
  return emitFrame(reader, reader.payload);
}

function emitFrame(reader: FrameReader, bytes: Uint8Array): Fault | undefined {
  reader.expecting = 'header';
  return reader.sink.onFrame(reader.header, bytes);
}

function skip(reader: FrameReader): Fault | undefined {
  const length = Math.min(reader.remaining, reader.chunk.length - reader.at);
  reader.at += length;
  reader.remaining -= length;
  if (reader.remaining === 0) reader.expecting = 'header';
  return undefined;
}

/** The highest bit of the stream is reserved and has no meaning (RFC 9113 §4.1). */
function parseHeader(into: Mutable<FrameHeader>, bytes: Uint8Array, at: number): void {
  into.length = (byteOf(bytes, at) << 16) | (byteOf(bytes, at + 1) << 8) | byteOf(bytes, at + 2);
  into.type = byteOf(bytes, at + 3);
  into.flags = byteOf(bytes, at + 4);
  into.streamId =
    ((byteOf(bytes, at + 5) & 0x7f) << 24) |
    (byteOf(bytes, at + 6) << 16) |
    (byteOf(bytes, at + 7) << 8) |
    byteOf(bytes, at + 8);
}

function byteOf(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
