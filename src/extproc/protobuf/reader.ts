import { asBuffer } from '../../core/as-buffer.ts';

/**
 * A position in a protobuf message (https://protobuf.dev/programming-guides/encoding). A fault sets `broken`
 * and moves to the end, so that every loop over fields stops and one check at the very end is enough.
 */
export interface ProtoReader {
  readonly bytes: Buffer;
  at: number;
  broken: boolean;
}

/** Wire types; groups are not part of proto3. */
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** The tag of a field that holds an integer, a boolean or an enum. */
export function varintTag(field: number): number {
  return (field << 3) | VARINT;
}

/** The tag of a field that holds a double. */
export function fixed64Tag(field: number): number {
  return (field << 3) | FIXED64;
}

/** The tag of a field that holds a string, bytes or a message. */
export function delimitedTag(field: number): number {
  return (field << 3) | DELIMITED;
}

/** Creates a reader at the start of `bytes`, which it shares. */
export function createProtoReader(bytes: Uint8Array): ProtoReader {
  return { bytes: asBuffer(bytes), at: 0, broken: false };
}

/** Reads an unsigned integer; what lies above 2^53 loses its lowest bits, as lengths and enums never do. */
export function readVarint(reader: ProtoReader): number {
  const { bytes } = reader;
  const first = bytes[reader.at++] ?? 0x80;
  if (first < 0x80) return first;
  let value = first & 0x7f;
  for (let scale = 0x80; scale <= 2 ** 63; scale *= 0x80) {
    const byte = bytes[reader.at++];
    if (byte === undefined) break;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
  fail(reader);
  return 0;
}

/** Reads the length of a delimited field, and returns where it ends. */
export function readEnd(reader: ProtoReader): number {
  const length = readVarint(reader);
  const end = reader.at + length;
  if (end <= reader.bytes.length) return end;
  fail(reader);
  return reader.at;
}

/** Reads bytes as a slice of the message. */
export function readBytes(reader: ProtoReader): Buffer {
  const end = readEnd(reader);
  const start = Math.min(reader.at, end);
  reader.at = end;
  return reader.bytes.subarray(start, end);
}

/** Reads a UTF-8 string. */
export function readString(reader: ProtoReader): string {
  const end = readEnd(reader);
  const start = Math.min(reader.at, end);
  reader.at = end;
  return reader.bytes.toString('utf8', start, end);
}

/** Reads a double. */
export function readDouble(reader: ProtoReader): number {
  const start = reader.at;
  reader.at += 8;
  if (reader.at <= reader.bytes.length) return reader.bytes.readDoubleLE(start);
  fail(reader);
  return 0;
}

/** Passes over a field of any tag. */
export function skipField(reader: ProtoReader, tag: number): void {
  switch (tag & 7) {
    case VARINT:
      readVarint(reader);
      break;
    case DELIMITED:
      reader.at = readEnd(reader);
      break;
    case FIXED64:
    case FIXED32:
      reader.at += (tag & 7) === FIXED64 ? 8 : 4;
      if (reader.at > reader.bytes.length) fail(reader);
      break;
    default:
      fail(reader);
  }
}

/** Closes a message: its fields have to end where it ends. */
export function expectEnd(reader: ProtoReader, end: number): void {
  if (reader.at !== end) fail(reader);
}

/** Gives the message up. */
export function fail(reader: ProtoReader): void {
  reader.broken = true;
  reader.at = reader.bytes.length;
}
