import { asBuffer } from '../core/as-buffer.ts';
import type { BodyMode, BodyModes } from './body-mode.ts';
import { parseBodyMode } from './body-mode.ts';
import type { Inbound, RequestHead } from './inbound.ts';
import {
  DEBUG_HEADER,
  DESTINATION_HEADER,
  LB_NAMESPACE,
  MODEL_NAME_HEADER,
  OBJECTIVE_HEADERS,
  REQUEST_ID_HEADER,
  SERVED_KEY,
  SESSION_HEADER,
  SUBSET_KEY,
  SUBSET_NAMESPACE,
  TRACE_PARENT_HEADER,
  TRACE_STATE_HEADER,
} from './keys.ts';
import type { WireHeader, WireHttpBody, WireHttpHeaders, WireRequest, WireValue } from './wire.ts';

const NO_BYTES = new Uint8Array(0);

/** Translates one ProcessingRequest; a message without a known part becomes `unreadable`. */
export function decode(wire: WireRequest): Inbound {
  if (wire.request_headers !== undefined) return requestHeaders(wire, wire.request_headers);
  if (wire.request_body !== undefined) return requestBody(wire, wire.request_body);
  if (wire.response_headers !== undefined) return responseHeaders(wire, wire.response_headers);
  if (wire.response_body !== undefined) return { kind: 'response-body', ...body(wire.response_body) };
  if (wire.request_trailers !== undefined) return { kind: 'request-trailers' };
  if (wire.response_trailers !== undefined) return { kind: 'response-trailers' };
  return { kind: 'unreadable' };
}

function requestHeaders(wire: WireRequest, headers: WireHttpHeaders): Inbound {
  return {
    kind: 'request-headers',
    head: requestHead(headers.headers?.headers ?? []),
    endOfStream: headers.end_of_stream === true,
    modes: bodyModes(wire),
    subset: subsetHint(wire),
  };
}

function requestBody(wire: WireRequest, message: WireHttpBody): Inbound {
  return { kind: 'request-body', ...body(message), modes: bodyModes(wire), subset: subsetHint(wire) };
}

function responseHeaders(wire: WireRequest, headers: WireHttpHeaders): Inbound {
  let status = 0;
  let whole = false;
  let contentType: string | undefined;
  let contentEncoding: string | undefined;
  for (const header of headers.headers?.headers ?? []) {
    if (header.key === ':status') status = Number(headerText(header));
    else if (header.key === 'content-length') whole = true;
    else if (header.key === 'content-type') contentType = headerText(header).toLowerCase();
    else if (header.key === 'content-encoding') contentEncoding = headerText(header).toLowerCase();
  }
  return {
    kind: 'response-headers',
    status,
    head: { contentType, contentEncoding, whole },
    endOfStream: headers.end_of_stream === true,
    served: wire.metadata_context?.filter_metadata?.[LB_NAMESPACE]?.fields?.[SERVED_KEY]?.stringValue,
    modes: bodyModes(wire),
  };
}

function body(message: WireHttpBody): { readonly bytes: Uint8Array; readonly endOfStream: boolean } {
  return { bytes: message.body ?? NO_BYTES, endOfStream: message.end_of_stream === true };
}

/** `protocol_config` present but empty means NONE both ways: NONE is proto3's zero and is not sent. */
function bodyModes(wire: WireRequest): BodyModes | undefined {
  const config = wire.protocol_config;
  if (config === undefined) return undefined;
  return { request: wireMode(config.request_body_mode), response: wireMode(config.response_body_mode) };
}

function wireMode(name: string | undefined): BodyMode {
  return (name === undefined ? undefined : parseBodyMode(name)) ?? 'none';
}

interface MutableHead {
  method: string;
  path: string;
  authority: string;
  contentType: string | undefined;
  contentEncoding: string | undefined;
  completions: boolean;
  contentLength: number | undefined;
  objective: string | undefined;
  session: string | undefined;
  modelHeader: string | undefined;
  forgedDestination: boolean;
  requestId: string | undefined;
  traceParent: string | undefined;
  traceState: string | undefined;
  debug: boolean;
  grpc: boolean;
}

/** The head of a stream whose request headers are not sent to us (header mode SKIP). */
export function emptyHead(): RequestHead {
  return newHead();
}

function newHead(): MutableHead {
  return {
    method: '',
    path: '',
    authority: '',
    contentType: undefined,
    contentEncoding: undefined,
    completions: false,
    contentLength: undefined,
    objective: undefined,
    session: undefined,
    modelHeader: undefined,
    forgedDestination: false,
    requestId: undefined,
    traceParent: undefined,
    traceState: undefined,
    debug: false,
    grpc: false,
  };
}

/** One pass; the switch keeps the cost of the many headers that Serin does not read at one comparison. */
function requestHead(headers: readonly WireHeader[]): RequestHead {
  const head = newHead();
  for (const header of headers) readHeader(head, header);
  return head;
}

function readHeader(head: MutableHead, header: WireHeader): void {
  switch (header.key) {
    case ':method':
      head.method = headerText(header);
      break;
    case ':path':
      head.path = pathOf(headerText(header));
      head.completions = head.path.endsWith('/completions');
      break;
    case ':authority':
      head.authority = headerText(header);
      break;
    case 'content-type':
      readContentType(head, headerText(header));
      break;
    case 'content-encoding':
      head.contentEncoding = headerText(header).toLowerCase();
      break;
    case 'content-length':
      readContentLength(head, headerText(header));
      break;
    case OBJECTIVE_HEADERS[0]:
      head.objective = headerText(header);
      break;
    case OBJECTIVE_HEADERS[1]:
      head.objective ??= headerText(header);
      break;
    case SESSION_HEADER:
      head.session = headerText(header);
      break;
    case MODEL_NAME_HEADER:
      head.modelHeader = headerText(header);
      break;
    case DESTINATION_HEADER:
      head.forgedDestination = true;
      break;
    default:
      readMark(head, header);
  }
}

/** What a request carries for those who look at it later; none of it decides anything. */
function readMark(head: MutableHead, header: WireHeader): void {
  switch (header.key) {
    case REQUEST_ID_HEADER:
      head.requestId = headerText(header);
      break;
    case TRACE_PARENT_HEADER:
      head.traceParent = headerText(header);
      break;
    case TRACE_STATE_HEADER:
      head.traceState = headerText(header);
      break;
    case DEBUG_HEADER:
      head.debug = headerText(header) === 'true';
      break;
  }
}

function pathOf(text: string): string {
  const query = text.indexOf('?');
  return query < 0 ? text : text.slice(0, query);
}

function readContentType(head: MutableHead, text: string): void {
  head.contentType = text.toLowerCase();
  head.grpc = head.contentType.startsWith('application/grpc');
}

function readContentLength(head: MutableHead, text: string): void {
  const length = Number(text);
  if (Number.isSafeInteger(length) && length >= 0) head.contentLength = length;
}

/** Envoy fills `raw_value`; agentgateway puts pseudo-headers into `value`. */
function headerText(header: WireHeader): string {
  const raw = header.raw_value;
  return raw !== undefined && raw.length > 0 ? asBuffer(raw).toString() : (header.value ?? '');
}

/** The hint is a list of strings, or one string with commas (GIE's lightweight picker takes both). */
function subsetHint(wire: WireRequest): readonly string[] | undefined {
  const hint = wire.metadata_context?.filter_metadata?.[SUBSET_NAMESPACE]?.fields?.[SUBSET_KEY];
  if (hint === undefined) return undefined;
  return (hint.listValue?.values ?? [hint]).flatMap(subsetEntries);
}

function subsetEntries(value: WireValue): readonly string[] {
  return (value.stringValue ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
