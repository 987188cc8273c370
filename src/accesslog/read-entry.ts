import { formatAddress, parseIp } from '../core/address.ts';
import type { Address } from '../core/names.ts';
import type { ProtoReader } from '../extproc/protobuf/reader.ts';
import {
  createProtoReader,
  delimitedTag,
  expectEnd,
  readEnd,
  readString,
  readVarint,
  skipField,
  varintTag,
} from '../extproc/protobuf/reader.ts';
import { readStructEntry } from '../extproc/read-struct.ts';
import type { WireStruct } from '../extproc/wire.ts';
import type { LogEntry } from './log-entry.ts';

/** An entry while its fields come in. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type Fields = Mutable<Omit<LogEntry, 'metadata'>> & { metadata: { [namespace: string]: WireStruct } };

/** Reads the bytes of an `HTTPAccessLogEntry`; undefined if they are none. */
export function readEntry(bytes: Uint8Array): LogEntry | undefined {
  const reader = createProtoReader(bytes);
  const entry: Fields = {
    final: true,
    startedAtMs: undefined,
    headersMs: undefined,
    durationMs: undefined,
    lastByteMs: undefined,
    upstream: undefined,
    cut: false,
    metadata: {},
    status: undefined,
    details: '',
    requestBytes: 0,
    responseBytes: 0,
    contentType: '',
    contentEncoding: '',
  };
  while (reader.at < bytes.length) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(1)) readMessage(reader, entry, readCommonField);
    else if (tag === delimitedTag(3)) readMessage(reader, entry, readRequestField);
    else if (tag === delimitedTag(4)) readMessage(reader, entry, readResponseField);
    else skipField(reader, tag);
  }
  return reader.broken ? undefined : entry;
}

/** Reads a nested message, field by field. */
function readMessage<Into>(
  reader: ProtoReader,
  into: Into,
  readField: (reader: ProtoReader, tag: number, into: Into) => void,
): void {
  const end = readEnd(reader);
  while (reader.at < end) readField(reader, readVarint(reader), into);
  expectEnd(reader, end);
}

/** `AccessLogType` of an entry that is written when a request is over; 0 from an Envoy that does not say. */
const NOT_SET = 0;
const DOWNSTREAM_END = 6;

/** A field of `AccessLogCommon`. */
function readCommonField(reader: ProtoReader, tag: number, entry: Fields): void {
  switch (tag) {
    case delimitedTag(5):
      entry.startedAtMs = readTime(reader);
      break;
    case delimitedTag(9):
      entry.headersMs = readTime(reader);
      break;
    case delimitedTag(12):
      entry.lastByteMs = readTime(reader);
      break;
    case delimitedTag(13):
      entry.upstream = readAddress(reader);
      break;
    case delimitedTag(16):
      readMessage(reader, entry, readFlag);
      break;
    case delimitedTag(17):
      readMessage(reader, entry, readMetadataField);
      break;
    case delimitedTag(23):
      entry.durationMs = readTime(reader);
      break;
    case varintTag(27):
      if (readVarint(reader) !== 0) entry.final = false;
      break;
    case varintTag(33):
      if (!isEnd(readVarint(reader))) entry.final = false;
      break;
    default:
      skipField(reader, tag);
  }
}

function isEnd(type: number): boolean {
  return type === NOT_SET || type === DOWNSTREAM_END;
}

function readMetadataField(reader: ProtoReader, tag: number, { metadata }: Fields): void {
  if (tag === delimitedTag(1)) readStructEntry(reader, metadata);
  else skipField(reader, tag);
}

/** The fields of `ResponseFlags` that say that a response was broken off. */
const CUTS: ReadonlySet<number> = new Set([3, 4, 5, 7, 15, 17, 19, 20, 23, 24, 28].map(varintTag));

function readFlag(reader: ProtoReader, tag: number, entry: Fields): void {
  if (!CUTS.has(tag)) skipField(reader, tag);
  else if (readVarint(reader) !== 0) entry.cut = true;
}

/** A field of `HTTPRequestProperties`. */
function readRequestField(reader: ProtoReader, tag: number, entry: Fields): void {
  if (tag === varintTag(12)) entry.requestBytes = readVarint(reader);
  else skipField(reader, tag);
}

/** A field of `HTTPResponseProperties`. */
function readResponseField(reader: ProtoReader, tag: number, entry: Fields): void {
  switch (tag) {
    case delimitedTag(1):
      entry.status = readWrapped(reader) || undefined;
      break;
    case varintTag(3):
      entry.responseBytes = readVarint(reader);
      break;
    case delimitedTag(4):
      readHeader(reader, entry);
      break;
    case delimitedTag(6):
      entry.details = readString(reader);
      break;
    default:
      skipField(reader, tag);
  }
}

function readHeader(reader: ProtoReader, entry: Fields): void {
  const header = { key: '', value: '' };
  readMessage(reader, header, (from, tag, into) => {
    if (tag === delimitedTag(1)) into.key = readString(from);
    else if (tag === delimitedTag(2)) into.value = readString(from);
    else skipField(from, tag);
  });
  if (header.key === 'content-type') entry.contentType = header.value;
  else if (header.key === 'content-encoding') entry.contentEncoding = header.value;
}

/** A `google.protobuf.UInt32Value`. */
function readWrapped(reader: ProtoReader): number {
  const wrapped = { value: 0 };
  readMessage(reader, wrapped, (from, tag, into) => {
    if (tag === varintTag(1)) into.value = readVarint(from);
    else skipField(from, tag);
  });
  return wrapped.value;
}

/** A `google.protobuf.Timestamp` or `Duration`, which have the same shape. */
function readTime(reader: ProtoReader): number {
  const time = { seconds: 0, nanos: 0 };
  readMessage(reader, time, (from, tag, into) => {
    if (tag === varintTag(1)) into.seconds = readVarint(from);
    else if (tag === varintTag(2)) into.nanos = readVarint(from);
    else skipField(from, tag);
  });
  return time.seconds * 1000 + time.nanos / 1_000_000;
}

/** The `SocketAddress` of an `Address`; undefined for sockets in the file system and the like. */
function readAddress(reader: ProtoReader): Address | undefined {
  const socket = { address: '', port: 0 };
  readMessage(reader, socket, (from, tag, into) => {
    if (tag === delimitedTag(1)) readMessage(from, into, readSocketField);
    else skipField(from, tag);
  });
  const ip = parseIp(socket.address);
  const fits = socket.port > 0 && socket.port <= 65_535;
  return ip === undefined || !fits ? undefined : formatAddress(ip, socket.port);
}

function readSocketField(reader: ProtoReader, tag: number, socket: { address: string; port: number }): void {
  if (tag === delimitedTag(2)) socket.address = readString(reader);
  else if (tag === varintTag(3)) socket.port = readVarint(reader);
  else skipField(reader, tag);
}
