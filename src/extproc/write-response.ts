import type { ProtoWriter } from './protobuf/writer.ts';
import {
  createProtoWriter,
  prependBytes,
  prependFields,
  prependInteger,
  prependLength,
  prependString,
  takeMessage,
} from './protobuf/writer.ts';
import type {
  WireBodyMutation,
  WireBytes,
  WireCommonResponse,
  WireHeaderMutation,
  WireHeaderOption,
  WireImmediateResponse,
  WireResponse,
} from './wire.ts';
import { createStructWriter } from './write-struct.ts';

/**
 * Creates what writes a `ProcessingResponse` as pieces in order: what stands before a body, the body's own
 * slices, and what follows. Each function prepends its fields last to first, since the writer runs backwards.
 */
export function createResponseWriter(): (response: WireResponse) => readonly Uint8Array[] {
  const writer: ResponseWriter = { ...createProtoWriter(), options: new WeakMap() };
  const prependStruct = createStructWriter();
  return (response) => {
    if (response.dynamic_metadata !== undefined) prependStruct(writer, 8, response.dynamic_metadata);
    prependResponse(writer, response);
    return takeMessage(writer);
  };
}

/** A writer with the bytes of headers that are sent again and again. */
interface ResponseWriter extends ProtoWriter {
  readonly options: WeakMap<WireHeaderOption, Uint8Array>;
}

function prependResponse(writer: ResponseWriter, response: WireResponse): void {
  if (response.immediate_response !== undefined) prependImmediate(writer, response.immediate_response);
  if (response.response_trailers !== undefined) prependTrailers(writer, 6, response.response_trailers);
  if (response.request_trailers !== undefined) prependTrailers(writer, 5, response.request_trailers);
  if (response.response_body !== undefined) prependPhase(writer, 4, response.response_body);
  if (response.request_body !== undefined) prependPhase(writer, 3, response.request_body);
  if (response.response_headers !== undefined) prependPhase(writer, 2, response.response_headers);
  if (response.request_headers !== undefined) prependPhase(writer, 1, response.request_headers);
}

/** `HeadersResponse` and `BodyResponse`, which have the same shape. */
function prependPhase(
  writer: ResponseWriter,
  field: number,
  { response }: { readonly response?: WireCommonResponse },
): void {
  const before = writer.length;
  if (response !== undefined) prependCommon(writer, response);
  prependLength(writer, field, before);
}

function prependTrailers(
  writer: ResponseWriter,
  field: number,
  { header_mutation }: { readonly header_mutation?: WireHeaderMutation },
): void {
  const before = writer.length;
  if (header_mutation !== undefined) prependHeaders(writer, 1, header_mutation);
  prependLength(writer, field, before);
}

function prependCommon(writer: ResponseWriter, response: WireCommonResponse): void {
  const before = writer.length;
  if (response.clear_route_cache === true) prependInteger(writer, 5, 1);
  if (response.body_mutation !== undefined) prependBody(writer, response.body_mutation);
  if (response.header_mutation !== undefined) prependHeaders(writer, 2, response.header_mutation);
  prependLength(writer, 1, before);
}

function prependBody(writer: ProtoWriter, { body, clear_body, streamed_response }: WireBodyMutation): void {
  const before = writer.length;
  if (streamed_response !== undefined) {
    const inner = writer.length;
    if (streamed_response.end_of_stream) prependInteger(writer, 2, 1);
    prependBytes(writer, 1, pieces(streamed_response.body));
    prependLength(writer, 3, inner);
  }
  if (clear_body === true) prependInteger(writer, 2, 1);
  if (body !== undefined) prependBytes(writer, 1, pieces(body));
  prependLength(writer, 3, before);
}

function pieces(bytes: WireBytes): readonly Uint8Array[] {
  return bytes instanceof Uint8Array ? [bytes] : bytes;
}

function prependHeaders(writer: ResponseWriter, field: number, mutation: WireHeaderMutation): void {
  const before = writer.length;
  const { set_headers = NO_OPTIONS, remove_headers = NO_KEYS } = mutation;
  for (let at = remove_headers.length - 1; at >= 0; at -= 1)
    prependString(writer, 2, remove_headers[at] ?? '');
  for (let at = set_headers.length - 1; at >= 0; at -= 1) {
    const option = set_headers[at];
    if (option?.lasting === true) prependFields(writer, bytesOf(writer.options, option));
    else if (option !== undefined) prependHeaderOption(writer, option);
  }
  prependLength(writer, field, before);
}

const NO_OPTIONS: readonly WireHeaderOption[] = [];
const NO_KEYS: readonly string[] = [];

/** The bytes of a header, kept for as long as somebody may send it. */
function bytesOf(known: WeakMap<WireHeaderOption, Uint8Array>, option: WireHeaderOption): Uint8Array {
  const before = known.get(option);
  if (before !== undefined) return before;
  const own = createProtoWriter();
  prependHeaderOption(own, option);
  const bytes = Buffer.concat(takeMessage(own));
  known.set(option, bytes);
  return bytes;
}

/** `HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD`, the only action that replies use. */
const OVERWRITE_OR_ADD = 2;

function prependHeaderOption(writer: ProtoWriter, { header }: WireHeaderOption): void {
  const before = writer.length;
  prependInteger(writer, 3, OVERWRITE_OR_ADD);
  const inner = writer.length;
  prependBytes(writer, 3, [header.raw_value]);
  prependString(writer, 1, header.key);
  prependLength(writer, 1, inner);
  prependLength(writer, 1, before);
}

function prependImmediate(writer: ResponseWriter, immediate: WireImmediateResponse): void {
  const before = writer.length;
  prependString(writer, 5, immediate.details);
  if (immediate.grpc_status !== undefined) {
    const inner = writer.length;
    prependInteger(writer, 1, immediate.grpc_status.status);
    prependLength(writer, 4, inner);
  }
  prependBytes(writer, 3, [immediate.body]);
  prependHeaders(writer, 2, immediate.headers);
  const inner = writer.length;
  prependInteger(writer, 1, immediate.status.code);
  prependLength(writer, 1, inner);
  prependLength(writer, 7, before);
}
