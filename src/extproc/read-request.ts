import { WANTED_HEADERS } from './keys.ts';
import type { ProtoReader } from './protobuf/reader.ts';
import {
  createProtoReader,
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

/**
 * Reads the bytes of a `ProcessingRequest`; undefined if they are none. Bodies and header values are slices of
 * them, and only headers that Serin reads are kept: the rest would be most of the work of a request.
 */
export function readRequest(bytes: Uint8Array): WireRequest | undefined {
  const reader = createProtoReader(bytes);
  const request: Mutable<WireRequest> = {};
  while (reader.at < bytes.length) readRequestField(reader, request);
  return reader.broken ? undefined : request;
}

function readRequestField(reader: ProtoReader, request: Mutable<WireRequest>): void {
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

function readHttpHeaders(reader: ProtoReader): WireHttpHeaders {
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

function readHeaderMap(reader: ProtoReader): readonly WireHeader[] {
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
function readHeader(reader: ProtoReader, into: WireHeader[]): void {
  const end = readEnd(reader);
  const header: Mutable<WireHeader> = {};
  while (reader.at < end) {
    if (!readHeaderField(reader, header) && !reader.broken) reader.at = end;
  }
  expectEnd(reader, end);
  if (header.key !== undefined) into.push(header);
}

/** False at a key that is not wanted. */
function readHeaderField(reader: ProtoReader, header: Mutable<WireHeader>): boolean {
  const tag = readVarint(reader);
  if (tag === delimitedTag(1)) {
    const key = readKey(reader);
    if (key === undefined) return false;
    header.key = key;
  } else if (tag === delimitedTag(2)) header.value = readString(reader);
  else if (tag === delimitedTag(3)) header.raw_value = readBytes(reader);
  else skipField(reader, tag);
  return true;
}

/** A wanted key, compared as bytes so that no string is made of any other. */
function readKey(reader: ProtoReader): string | undefined {
  const end = readEnd(reader);
  const start = Math.min(reader.at, end);
  reader.at = end;
  return KEYS_BY_LENGTH[end - start]?.find(({ bytes }) => startsWith(reader.bytes, start, bytes))?.text;
}

/** For so few bytes a loop costs a fraction of `Buffer.compare`. */
function startsWith(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at += 1) if (bytes[start + at] !== wanted[at]) return false;
  return true;
}

const KEYS_BY_LENGTH: readonly (readonly { readonly text: string; readonly bytes: Buffer }[] | undefined)[] =
  WANTED_HEADERS.reduce<{ text: string; bytes: Buffer }[][]>((byLength, text) => {
    const sameLength = byLength[text.length] ?? [];
    byLength[text.length] = [...sameLength, { text, bytes: Buffer.from(text) }];
    return byLength;
  }, []);

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
