import type { Forward } from '../core/decision.ts';
import type { Rejection } from '../core/rejection.ts';
import { REJECTIONS } from '../core/rejection.ts';
import type { Endpoint } from '../core/snapshot.ts';
import { debugHeaders } from './debug-headers.ts';
import type { DecisionMetadata } from './decision-metadata.ts';
import { destination } from './decision-metadata.ts';
import { DESTINATION_HEADER, REJECTED_HEADER } from './keys.ts';
import type { BodyChange, HeaderMutation, Reply } from './outcome.ts';
import type {
  WireBodyMutation,
  WireBytes,
  WireCommonResponse,
  WireHeaderMutation,
  WireHeaderOption,
  WireImmediateResponse,
  WireResponse,
} from './wire.ts';

/** Translates one reply of a stream that opened at `startedAtMs` into the ProcessingResponse that carries it. */
export type Encoder = (reply: Reply, startedAtMs: number) => WireResponse;

/** A message while its fields are filled in; adding them costs less than joining objects with and without them. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The reply to response headers that changes nothing, which is nearly all of them. */
const RESPONSE_HEADERS: WireResponse = { response_headers: {} };

/** Creates what translates replies; `describe` gives a decision's metadata. */
export function createEncoder(describe: DecisionMetadata): Encoder {
  const steer = createSteer();

  function decided(
    response: Mutable<WireResponse>,
    forward: Forward | undefined,
    startedAtMs: number,
  ): WireResponse {
    if (forward !== undefined) response.dynamic_metadata = describe(forward, startedAtMs);
    return response;
  }

  return (reply, startedAtMs) => {
    switch (reply.kind) {
      case 'request-headers':
        return decided(
          { request_headers: { response: common(reply.headers, undefined, steer) } },
          reply.headers?.forward,
          startedAtMs,
        );
      case 'request-body':
        return decided(
          { request_body: { response: common(reply.headers, bodyMutation(reply.body), steer) } },
          reply.headers?.forward,
          startedAtMs,
        );
      case 'request-chunk':
        return { request_body: { response: streamed(reply.parts, reply.endOfStream) } };
      case 'request-trailers':
        return { request_trailers: {} };
      case 'response-headers':
        return reply.debug === undefined ? RESPONSE_HEADERS : debugged(reply.debug);
      case 'response-body':
        return { response_body: responseBody(reply.body, steer) };
      case 'response-chunk':
        return { response_body: { response: streamed(reply.parts, reply.endOfStream) } };
      case 'response-trailers':
        return { response_trailers: {} };
      case 'immediate':
        return { immediate_response: immediate(reply.rejection, reply.grpc) };
    }
  };
}

/** Gives the header that sends a request where it was decided. */
type Steer = (forward: Forward) => WireHeaderOption;

/** The header of an endpoint is made once, so that its bytes are, too; it is dropped with the endpoint. */
function createSteer(): Steer {
  const ofEndpoint = new WeakMap<Endpoint, WireHeaderOption>();
  return (forward) => {
    if (forward.fallbacks.length > 0) return header(DESTINATION_HEADER, destination(forward));
    const known = ofEndpoint.get(forward.endpoint);
    if (known !== undefined) return known;
    const made = { ...header(DESTINATION_HEADER, destination(forward)), lasting: true } as const;
    ofEndpoint.set(forward.endpoint, made);
    return made;
  };
}

/** What a client is told of the decision that it asked about. */
function debugged(forward: Forward): WireResponse {
  const set_headers = debugHeaders(forward).map(([key, value]) => header(key, value));
  return { response_headers: { response: { header_mutation: { set_headers } } } };
}

/** Most bodies stay as they are, and an empty reply says so. */
function responseBody(change: BodyChange, steer: Steer): { readonly response?: WireCommonResponse } {
  return change.kind === 'keep' ? {} : { response: common(undefined, bodyMutation(change), steer) };
}

function streamed(body: WireBytes, endOfStream: boolean): WireCommonResponse {
  return { body_mutation: { streamed_response: { body, end_of_stream: endOfStream } } };
}

function bodyMutation(change: BodyChange): WireBodyMutation | undefined {
  switch (change.kind) {
    case 'keep':
      return undefined;
    case 'clear':
      return { clear_body: true };
    case 'replace':
      return { body: change.parts };
  }
}

function common(
  headers: HeaderMutation | undefined,
  body: WireBodyMutation | undefined,
  steer: Steer,
): WireCommonResponse {
  const response: Mutable<WireCommonResponse> = {};
  if (headers !== undefined) response.header_mutation = headerMutation(headers, steer);
  if (body !== undefined) response.body_mutation = body;
  // Envoy ignores this flag in a reply without a header mutation.
  if (headers?.forward !== undefined) response.clear_route_cache = true;
  return response;
}

/** Envoy removes before it sets, so a client's repeated header is gone whatever it held. */
function headerMutation(headers: HeaderMutation, steer: Steer): WireHeaderMutation {
  const { forward, stripDestination, contentLength } = headers;
  const set: WireHeaderOption[] = [];
  if (forward !== undefined) set.push(steer(forward));
  if (typeof contentLength === 'number') set.push(header('content-length', String(contentLength)));
  const mutation: Mutable<WireHeaderMutation> = {};
  if (set.length > 0) mutation.set_headers = set;
  if (stripDestination || contentLength === 'remove') mutation.remove_headers = removed(headers);
  return mutation;
}

function removed({ stripDestination, contentLength }: HeaderMutation): readonly string[] {
  const names = stripDestination ? [DESTINATION_HEADER] : [];
  return contentLength === 'remove' ? [...names, 'content-length'] : names;
}

function header(key: string, value: string): WireHeaderOption {
  return { header: { key, raw_value: Buffer.from(value) }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' };
}

/** gRPC status codes for the HTTP statuses of the rejection table. */
const GRPC_STATUS: ReadonlyMap<number, number> = new Map([
  [400, 3],
  [404, 5],
  [408, 4],
  [413, 8],
  [429, 8],
  [500, 13],
  [503, 14],
]);

/** The OpenAI error body; the reason is its `code`, a response header and Envoy's response code details. */
function immediate(rejection: Rejection, grpc: boolean): WireImmediateResponse {
  const shape = REJECTIONS[rejection.reason];
  const error = {
    message: rejection.message,
    type: shape.type,
    param: null,
    code: shape.code ?? rejection.reason,
  };
  const headers = [header('content-type', 'application/json'), header(REJECTED_HEADER, rejection.reason)];
  if (shape.retryAfterS !== undefined) headers.push(header('retry-after', String(shape.retryAfterS)));
  return {
    status: { code: shape.status },
    headers: { set_headers: headers },
    body: Buffer.from(JSON.stringify({ error })),
    details: `serin_${rejection.reason}`,
    ...(grpc ? { grpc_status: { status: GRPC_STATUS.get(shape.status) ?? 2 } } : {}),
  };
}
