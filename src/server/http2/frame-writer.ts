import type { ErrorCode } from './fault.ts';
import type { FrameHeader } from './frame.ts';
import { Flag, FRAME_HEADER_BYTES, FrameType } from './frame.ts';
import type { Output } from './output.ts';
import { append, reserve } from './output.ts';

/** A setting that we announce (RFC 9113 §6.5.1). */
export type Setting = readonly [identifier: number, value: number];

/** Debug data is for a person's eyes; so much fits one frame of every peer. */
const MAX_DEBUG_BYTES = 256;

/** Writes the header of a frame; its payload is to be appended next (RFC 9113 §4.1). */
export function writeFrameHeader(output: Output, { length, type, flags, streamId }: FrameHeader): void {
  const start = reserve(output, FRAME_HEADER_BYTES);
  const { slab } = output;
  slab[start] = length >>> 16;
  slab[start + 1] = length >>> 8;
  slab[start + 2] = length;
  slab[start + 3] = type;
  slab[start + 4] = flags;
  writeUint32(slab, start + 5, streamId);
}

/** SETTINGS (RFC 9113 §6.5). */
export function writeSettings(output: Output, settings: readonly Setting[]): void {
  writeFrameHeader(output, { length: 6 * settings.length, type: FrameType.settings, flags: 0, streamId: 0 });
  for (const [identifier, value] of settings) {
    const start = reserve(output, 6);
    output.slab[start] = identifier >>> 8;
    output.slab[start + 1] = identifier;
    writeUint32(output.slab, start + 2, value);
  }
}

/** The acknowledgement of the peer's SETTINGS (RFC 9113 §6.5.3). */
export function writeSettingsAck(output: Output): void {
  writeFrameHeader(output, { length: 0, type: FrameType.settings, flags: Flag.ack, streamId: 0 });
}

/** PING or its acknowledgement, with eight bytes (RFC 9113 §6.7). */
export function writePing(output: Output, opaque: Uint8Array, kind: 'ping' | 'ack'): void {
  const flags = kind === 'ack' ? Flag.ack : 0;
  writeFrameHeader(output, { length: 8, type: FrameType.ping, flags, streamId: 0 });
  append(output, opaque);
}

/** RST_STREAM (RFC 9113 §6.4). */
export function writeReset(output: Output, streamId: number, code: ErrorCode): void {
  writeFrameHeader(output, { length: 4, type: FrameType.rstStream, flags: 0, streamId });
  writeWord(output, code);
}

/** WINDOW_UPDATE of a stream, or of the connection with stream 0 (RFC 9113 §6.9). */
export function writeWindowUpdate(output: Output, streamId: number, increment: number): void {
  writeFrameHeader(output, { length: 4, type: FrameType.windowUpdate, flags: 0, streamId });
  writeWord(output, increment);
}

/** GOAWAY with ASCII debug data (RFC 9113 §6.8). */
export function writeGoaway(
  output: Output,
  {
    lastStreamId,
    code,
    reason,
  }: { readonly lastStreamId: number; readonly code: ErrorCode; readonly reason: string },
): void {
  const debug = Buffer.from(reason, 'latin1').subarray(0, MAX_DEBUG_BYTES);
  writeFrameHeader(output, { length: 8 + debug.length, type: FrameType.goaway, flags: 0, streamId: 0 });
  writeWord(output, lastStreamId);
  writeWord(output, code);
  append(output, debug);
}

/** HEADERS with a whole block (RFC 9113 §6.2); our blocks are far shorter than the smallest frame limit. */
export function writeHeaders(output: Output, streamId: number, headers: HeadersFrame): void {
  const flags = Flag.endHeaders | (headers.endStream ? Flag.endStream : 0);
  const length = headers.block.length;
  writeFrameHeader(output, { length, type: FrameType.headers, flags, streamId });
  append(output, headers.block);
}

/** A header block that we send. */
export interface HeadersFrame {
  readonly block: Uint8Array;
  readonly endStream: boolean;
}

function writeWord(output: Output, value: number): void {
  const start = reserve(output, 4);
  writeUint32(output.slab, start, value);
}

/** A typed array keeps the low byte of what it is given. */
function writeUint32(bytes: Uint8Array, start: number, value: number): void {
  bytes[start] = value >>> 24;
  bytes[start + 1] = value >>> 16;
  bytes[start + 2] = value >>> 8;
  bytes[start + 3] = value;
}
