import { delimitedTag, fixed64Tag, varintTag } from './reader.ts';

/**
 * Writes a protobuf message from its end to its start, so that the length of a nested message is known when
 * its turn comes and nothing is measured beforehand. Fields are therefore prepended last to first.
 */
export interface ProtoWriter {
  slab: Buffer;
  /** Start of the run of small fields in `slab`, and its end. */
  runStart: number;
  runEnd: number;
  /** Finished pieces, the last one first. */
  pieces: Uint8Array[];
  /** Bytes written since the start of the message. */
  length: number;
}

const SLAB_BYTES = 16 * 1024;
/** Shorter bytes are copied, longer ones stay where they are. */
const COPY_BYTES = 1024;
/** Of a 32-bit integer. */
const MAX_VARINT_BYTES = 5;

/** Creates a writer that serves one message after the other. */
export function createProtoWriter(): ProtoWriter {
  return { slab: Buffer.alloc(0), runStart: 0, runEnd: 0, pieces: [], length: 0 };
}

/** Takes the pieces of the message in order; their memory is not written again. */
export function takeMessage(writer: ProtoWriter): readonly Uint8Array[] {
  endRun(writer);
  const { pieces } = writer;
  writer.pieces = [];
  writer.length = 0;
  return pieces.length > 1 ? pieces.reverse() : pieces;
}

/** Prepends an integer, boolean or enum; zero is proto3's default and is left out. */
export function prependInteger(writer: ProtoWriter, field: number, value: number): void {
  if (value === 0) return;
  prependVarint(writer, value);
  prependVarint(writer, varintTag(field));
}

/** Prepends a string that is not absent; an empty one is written as such. */
export function prependString(writer: ProtoWriter, field: number, text: string): void {
  const length = Buffer.byteLength(text);
  const start = claim(writer, length);
  writer.slab.write(text, start, length);
  prependVarint(writer, length);
  prependVarint(writer, delimitedTag(field));
}

/** Prepends bytes given as pieces in order; long pieces are not copied. */
export function prependBytes(writer: ProtoWriter, field: number, pieces: readonly Uint8Array[]): void {
  const before = writer.length;
  for (let at = pieces.length - 1; at >= 0; at -= 1) {
    const piece = pieces[at];
    if (piece !== undefined) prependPiece(writer, piece);
  }
  prependLength(writer, field, before);
}

/** Prepends a double; zero is written like any other. */
export function prependDouble(writer: ProtoWriter, field: number, value: number): void {
  const start = claim(writer, 8);
  writer.slab.writeDoubleLE(value, start);
  prependVarint(writer, fixed64Tag(field));
}

/** Prepends fields that were written before. */
export function prependFields(writer: ProtoWriter, fields: Uint8Array): void {
  prependPiece(writer, fields);
}

/** Prepends the head of a nested message whose fields were written since `length` was `before`. */
export function prependLength(writer: ProtoWriter, field: number, before: number): void {
  prependVarint(writer, writer.length - before);
  prependVarint(writer, delimitedTag(field));
}

function prependPiece(writer: ProtoWriter, piece: Uint8Array): void {
  if (piece.length <= COPY_BYTES) {
    const start = claim(writer, piece.length);
    writer.slab.set(piece, start);
    return;
  }
  endRun(writer);
  writer.pieces.push(piece);
  writer.length += piece.length;
}

function prependVarint(writer: ProtoWriter, value: number): void {
  if (value < 0x80) {
    const start = claim(writer, 1);
    writer.slab[start] = value;
    return;
  }
  const bytes = varintBytes(value);
  let at = claim(writer, bytes);
  let rest = value;
  for (let left = bytes; left > 1; left -= 1) {
    writer.slab[at++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  writer.slab[at] = rest;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let limit = 0x80; value >= limit && bytes < MAX_VARINT_BYTES; limit *= 0x80) bytes += 1;
  return bytes;
}

/** Makes room in front of the run, perhaps in a new slab, and returns where it begins. */
function claim(writer: ProtoWriter, length: number): number {
  if (length > writer.runStart) {
    endRun(writer);
    writer.slab = Buffer.allocUnsafeSlow(Math.max(SLAB_BYTES, length));
    writer.runStart = writer.slab.length;
    writer.runEnd = writer.runStart;
  }
  writer.runStart -= length;
  writer.length += length;
  return writer.runStart;
}

function endRun(writer: ProtoWriter): void {
  if (writer.runEnd > writer.runStart)
    writer.pieces.push(writer.slab.subarray(writer.runStart, writer.runEnd));
  writer.runEnd = writer.runStart;
}
