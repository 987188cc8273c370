import { asBuffer } from '../core/as-buffer.ts';
import type { ProtoReader } from './protobuf/reader.ts';
import {
  delimitedTag,
  expectEnd,
  readBytes,
  readEnd,
  readString,
  readVarint,
  skipField,
  varintTag,
} from './protobuf/reader.ts';
import { readStructEntry } from './read-struct.ts';
import type { WantedHeader } from './usual-text.ts';
import { createWantedHeaders } from './usual-text.ts';
import type {
  WireBodyMode,
  WireHeader,
  WireHttpBody,
  WireHttpHeaders,
  WireProtocolConfiguration,
  WireRequest,
  WireStruct,
} from './wire.ts';

/** A message while its fields come in. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A message being read, with the headers that are wanted of it. */
interface RequestReader extends ProtoReader {
  readonly wanted: ReturnType<typeof createWantedHeaders>;
}

/**
 * Creates what reads the bytes of a `ProcessingRequest`; undefined if they are none. Bodies are slices of them, and
 * only headers that Serin reads are kept: the rest would be most of the work of a request.
 */
export function createRequestReader(): (bytes: Uint8Array) => WireRequest | undefined {
  const wanted = createWantedHeaders();
  return (bytes) => {
    const reader: RequestReader = { bytes: asBuffer(bytes), at: 0, broken: false, wanted };
    const request: Mutable<WireRequest> = {};
    while (reader.at < bytes.length) readRequestField(reader, request);
    return reader.broken ? undefined : request;
  };
}

function readRequestField(reader: RequestReader, request: Mutable<WireRequest>): void {
  const tag = readVarint(reader);
  switch (tag) {
    case delimitedTag(2):
      request.request_headers = readHttpHeaders(reader);
      break;
    case delimitedTag(3):
      request.response_headers = readHttpHeaders(reader);
      break;
    case delimitedTag(4):
      request.request_body = readHttpBody(reader);
      break;
    case delimitedTag(5):
      request.response_body = readHttpBody(reader);
      break;
    case delimitedTag(6):
      request.request_trailers = readNothing(reader);
      break;
    case delimitedTag(7):
      request.response_trailers = readNothing(reader);
      break;
    case delimitedTag(8):
      request.metadata_context = readMetadata(reader);
      break;
    case delimitedTag(11):
      request.protocol_config = readProtocolConfig(reader);
      break;
    default:
      skipField(reader, tag);
  }
}

/** Trailers count, what is in them does not. */
function readNothing(reader: ProtoReader): object {
  reader.at = readEnd(reader);
  return {};
}

function readHttpHeaders(reader: RequestReader): WireHttpHeaders {
  const end = readEnd(reader);
  const message: Mutable<WireHttpHeaders> = {};
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(1)) message.headers = { headers: readHeaderMap(reader) };
    else if (tag === varintTag(3)) message.end_of_stream = readVarint(reader) !== 0;
    else skipField(reader, tag);
  }
  expectEnd(reader, end);
  return message;
}

function readHeaderMap(reader: RequestReader): readonly WireHeader[] {
  const end = readEnd(reader);
  const headers: WireHeader[] = [];
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(1)) readHeader(reader, headers);
    else skipField(reader, tag);
  }
  expectEnd(reader, end);
  return headers;
}

/** A header whose key comes first, as it does, and is of no interest is not read further. */
function readHeader(reader: RequestReader, into: WireHeader[]): void {
  const end = readEnd(reader);
  const found: FoundHeader = { wanted: undefined, value: undefined, rawStart: 0, rawEnd: 0 };
  while (reader.at < end) {
    if (!readHeaderField(reader, found) && !reader.broken) reader.at = end;
  }
  expectEnd(reader, end);
  const { wanted, value, rawStart, rawEnd } = found;
  if (wanted === undefined || reader.broken) return;
  if (rawEnd > rawStart) into.push({ key: wanted.text, value: wanted.read(reader.bytes, rawStart, rawEnd) });
  else into.push(value === undefined ? { key: wanted.text } : { key: wanted.text, value });
}

/** Where a header's parts lie. Bytes that are there and not empty are its value, whatever its text says. */
interface FoundHeader {
  wanted: WantedHeader | undefined;
  value: string | undefined;
  rawStart: number;
  rawEnd: number;
}

/** False at a key that is not wanted. */
function readHeaderField(reader: RequestReader, found: FoundHeader): boolean {
  const tag = readVarint(reader);
  if (tag === delimitedTag(1)) {
    found.wanted = readKey(reader);
    return found.wanted !== undefined;
  }
  if (tag === delimitedTag(2)) found.value = readString(reader);
  else if (tag === delimitedTag(3)) {
    found.rawEnd = readEnd(reader);
    found.rawStart = Math.min(reader.at, found.rawEnd);
    reader.at = found.rawEnd;
  } else skipField(reader, tag);
  return true;
}

/** A wanted key, compared as bytes so that no string is made of any other. */
function readKey(reader: RequestReader): WantedHeader | undefined {
  const end = readEnd(reader);
  const start = Math.min(reader.at, end);
  reader.at = end;
  const sameLength = reader.wanted[end - start];
  if (sameLength === undefined) return undefined;
  for (const each of sameLength) if (startsWith(reader.bytes, start, each.bytes)) return each;
  return undefined;
}

/** For so few bytes a loop costs a fraction of `Buffer.compare`. */
function startsWith(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at += 1) if (bytes[start + at] !== wanted[at]) return false;
  return true;
}

function readHttpBody(reader: ProtoReader): WireHttpBody {
  const end = readEnd(reader);
  const message: Mutable<WireHttpBody> = {};
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(1)) message.body = readBytes(reader);
    else if (tag === varintTag(2)) message.end_of_stream = readVarint(reader) !== 0;
    else skipField(reader, tag);
  }
  expectEnd(reader, end);
  return message;
}

function readMetadata(reader: ProtoReader): {
  readonly filter_metadata: { [namespace: string]: WireStruct };
} {
  const end = readEnd(reader);
  const filter_metadata: { [namespace: string]: WireStruct } = {};
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === delimitedTag(1)) readStructEntry(reader, filter_metadata);
    else skipField(reader, tag);
  }
  expectEnd(reader, end);
  return { filter_metadata };
}

/** `ProcessingMode.BodySendMode` by number; GRPC, number 5, is none that Serin knows. */
const BODY_MODES: readonly WireBodyMode[] = [
  'NONE',
  'STREAMED',
  'BUFFERED',
  'BUFFERED_PARTIAL',
  'FULL_DUPLEX_STREAMED',
];

function readBodyMode(reader: ProtoReader): WireBodyMode {
  return BODY_MODES[readVarint(reader)] ?? 'NONE';
}

function readProtocolConfig(reader: ProtoReader): WireProtocolConfiguration {
  const end = readEnd(reader);
  const message: Mutable<WireProtocolConfiguration> = {};
  while (reader.at < end) {
    const tag = readVarint(reader);
    if (tag === varintTag(1)) message.request_body_mode = readBodyMode(reader);
    else if (tag === varintTag(2)) message.response_body_mode = readBodyMode(reader);
    else if (tag === varintTag(3))
      message.send_body_without_waiting_for_header_response = readVarint(reader) !== 0;
    else skipField(reader, tag);
  }
  expectEnd(reader, end);
  return message;
}
