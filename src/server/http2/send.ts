import type { Connection } from './connection.ts';
import { closeStream, resetStream, wake } from './connection.ts';
import { ErrorCode } from './fault.ts';
import { Flag, FrameType } from './frame.ts';
import { writeFrameHeader, writeHeaders } from './frame-writer.ts';
import { EMPTY_TABLE } from './hpack/encoder.ts';
import { append } from './output.ts';
import { creditStream } from './receive-data.ts';
import { MIN_MAX_FRAME_BYTES } from './settings.ts';
import type { Http2Stream } from './stream.ts';

const NO_TRAILERS = new Uint8Array(0);
const END_OF_DATA = { length: 0, type: FrameType.data, flags: Flag.endStream };

/**
 * What may lie between the streams of a connection and its socket, little enough for thousands of peers that
 * do not read, and more than makes us stop reading from them; the rest waits in the streams and counts against
 * the budget.
 */
const SOCKET_BYTES = 512 * 1024;

/** Sends the response's header block, which `encodeBlock` made (RFC 9113 §8.1). */
export function sendHeaders<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  block: Uint8Array,
): void {
  if (!isOpen(connection, stream)) return;
  writeBlock(connection, stream.id, { block, endStream: false });
  wake(connection);
}

/** Sends the last header block behind all data, and ends the stream. */
export function sendTrailers<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  block: Uint8Array,
): void {
  if (!isOpen(connection, stream) || stream.trailers !== undefined) return;
  stream.trailers = block;
  if (stream.pendingBytes === 0) endStream(connection, stream, block);
  wake(connection);
}

/** Ends the stream behind all data with an empty DATA frame. */
export function endWithoutTrailers<Owner>(connection: Connection<Owner>, stream: Http2Stream<Owner>): void {
  sendTrailers(connection, stream, NO_TRAILERS);
}

/**
 * Sends data in as many frames as it takes (RFC 9113 §6.1). What the windows or the socket have no room for
 * waits; a stream for which no memory is left to wait in is reset.
 */
export function sendData<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  parts: readonly Uint8Array[],
): void {
  if (!isOpen(connection, stream) || stream.trailers !== undefined) return;
  const bytes = lengthOf(parts);
  const fits = stream.pendingBytes === 0 && bytes <= room(connection, stream);
  if (fits) writeParts(connection, stream, { parts, bytes });
  else wait(connection, stream, { parts, bytes });
  wake(connection);
}

/**
 * The same with a few bytes before the parts, which the caller may write anew when this returns: they are copied.
 * Together with parts that fit one frame they cost neither an array nor a slice, and nearly all messages do.
 */
export function sendPrefixed<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  { prefix, parts }: { readonly prefix: Uint8Array; readonly parts: readonly Uint8Array[] },
): void {
  const bytes = prefix.length + lengthOf(parts);
  const fits = stream.pendingBytes === 0 && bytes <= room(connection, stream);
  if (!fits || bytes > connection.peer.maxFrameBytes) {
    return sendData(connection, stream, [Uint8Array.from(prefix), ...parts]);
  }
  if (!isOpen(connection, stream) || stream.trailers !== undefined) return;
  stream.sendWindow -= bytes;
  connection.sendWindow -= bytes;
  const { output } = connection;
  writeFrameHeader(output, { length: bytes, type: FrameType.data, flags: 0, streamId: stream.id });
  append(output, prefix);
  for (const part of parts) append(output, part);
  wake(connection);
}

function lengthOf(parts: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const part of parts) bytes += part.length;
  return bytes;
}

function wait<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  { parts, bytes }: Parts,
): void {
  if (!connection.budget.reserve(bytes)) return resetStream(connection, stream, ErrorCode.enhanceYourCalm);
  if (stream.pendingBytes === 0) {
    stream.movedAtMs = connection.now();
    stream.movedBytes = 0;
  }
  for (const part of parts) if (part.length > 0) stream.pending.push(part);
  stream.pendingBytes += bytes;
  resume(connection, stream);
}

/**
 * Sends what the windows have room for, and leaves the stream where the next room will find it. Nothing
 * happens on a stream that has closed, perhaps by what another stream's handler did in the same round.
 */
export function resume<Owner>(connection: Connection<Owner>, stream: Http2Stream<Owner>): void {
  if (!isOpen(connection, stream)) return;
  const bytes = Math.min(stream.pendingBytes, room(connection, stream));
  if (bytes > 0) {
    writeParts(connection, stream, { parts: takePending(stream, bytes), bytes });
    connection.budget.release(bytes);
    noteProgress(connection, stream, bytes);
  }
  connection.stalled.delete(stream);
  connection.waiting.delete(stream);
  if (stream.pendingBytes > 0) {
    (stream.sendWindow <= 0 ? connection.stalled : connection.waiting).add(stream);
  } else if (stream.trailers !== undefined) {
    endStream(connection, stream, stream.trailers);
  } else {
    creditStream(connection, stream);
    connection.handlers.onDrained(stream);
  }
}

/** After the connection or its socket has got room: each step ends a stream's wait or the room. */
export function resumeWaiting<Owner>(connection: Connection<Owner>): void {
  for (const stream of connection.waiting) {
    if (connectionRoom(connection) <= 0) return;
    resume(connection, stream);
  }
}

function isOpen<Owner>(connection: Connection<Owner>, stream: Http2Stream<Owner>): boolean {
  return !stream.localEnded && connection.streams.get(stream.id) === stream;
}

/** Both windows (RFC 9113 §6.9.1), and what the socket still takes. */
function room<Owner>(connection: Connection<Owner>, stream: Http2Stream<Owner>): number {
  return Math.min(stream.sendWindow, connectionRoom(connection));
}

function connectionRoom<Owner>(connection: Connection<Owner>): number {
  return Math.min(connection.sendWindow, SOCKET_BYTES - connection.backlogBytes - connection.output.bytes);
}

/** Pieces of data, and the sum of their lengths. */
interface Parts {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
}

/** Cuts parts into frames; a part that goes on in the next frame is sliced, never copied. */
function writeParts<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  { parts, bytes }: Parts,
): void {
  const { output, peer } = connection;
  stream.sendWindow -= bytes;
  connection.sendWindow -= bytes;
  let left = bytes;
  let frameLeft = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length; ) {
      if (frameLeft === 0) {
        frameLeft = Math.min(left, peer.maxFrameBytes);
        writeFrameHeader(output, { length: frameLeft, type: FrameType.data, flags: 0, streamId: stream.id });
      }
      const length = Math.min(part.length - at, frameLeft);
      append(output, length === part.length ? part : part.subarray(at, at + length));
      at += length;
      frameLeft -= length;
      left -= length;
    }
  }
}

/** Removes the first bytes of what is pending. */
function takePending<Owner>(stream: Http2Stream<Owner>, bytes: number): readonly Uint8Array[] {
  const { pending } = stream;
  const taken: Uint8Array[] = [];
  let left = bytes;
  let whole = 0;
  for (; whole < pending.length; whole += 1) {
    const part = pending[whole];
    if (part === undefined || part.length > left) break;
    taken.push(part);
    left -= part.length;
  }
  pending.splice(0, whole);
  const [cut] = pending;
  if (left > 0 && cut !== undefined) {
    taken.push(cut.subarray(0, left));
    pending[0] = cut.subarray(left);
  }
  stream.pendingBytes -= bytes;
  return taken;
}

/** Only a frame's worth counts: a peer that opens its window byte by byte makes no progress. */
function noteProgress<Owner>(connection: Connection<Owner>, stream: Http2Stream<Owner>, bytes: number): void {
  stream.movedBytes += bytes;
  if (stream.movedBytes < MIN_MAX_FRAME_BYTES) return;
  stream.movedBytes = 0;
  stream.movedAtMs = connection.now();
}

/** A complete response ends a request whose rest is of no interest (RFC 9113 §8.1). */
function endStream<Owner>(
  connection: Connection<Owner>,
  stream: Http2Stream<Owner>,
  block: Uint8Array,
): void {
  if (block === NO_TRAILERS) writeFrameHeader(connection.output, { ...END_OF_DATA, streamId: stream.id });
  else writeBlock(connection, stream.id, { block, endStream: true });
  stream.localEnded = true;
  if (stream.remoteEnded) closeStream(connection, stream, 'ended');
  else resetStream(connection, stream, ErrorCode.noError);
}

function writeBlock<Owner>(
  connection: Connection<Owner>,
  streamId: number,
  { block, endStream: last }: { readonly block: Uint8Array; readonly endStream: boolean },
): void {
  if (!connection.peer.tableSizeNamed)
    return writeHeaders(connection.output, streamId, { block, endStream: last });
  connection.peer.tableSizeNamed = false;
  const resized = Buffer.concat([EMPTY_TABLE, block]);
  writeHeaders(connection.output, streamId, { block: resized, endStream: last });
}
