import type { Forward } from '../core/decision.ts';
import type { Rejection } from '../core/rejection.ts';
import { REJECTIONS } from '../core/rejection.ts';
import { debugHeaders } from './debug-headers.ts';
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
  WireStruct,
} from './wire.ts';

/** Translates one reply into the ProcessingResponse that carries it; `describe` gives a decision's metadata. */
export function encode(reply: Reply, describe: (forward: Forward) => WireStruct): WireResponse {
  switch (reply.kind) {
    case 'request-headers':
      return withMetadata(
        { request_headers: { response: common(reply.headers, undefined) } },
        reply.headers?.forward,
        describe,
      );
    case 'request-body':
      return withMetadata(
        { request_body: { response: common(reply.headers, bodyMutation(reply.body)) } },
        reply.headers?.forward,
        describe,
      );
    case 'request-chunk':
      return { request_body: { response: streamed(reply.parts, reply.endOfStream) } };
    case 'request-trailers':
      return { request_trailers: {} };
    case 'response-headers':
      return { response_headers: reply.debug === undefined ? {} : { response: told(reply.debug) } };
    case 'response-body':
      return { response_body: responseBody(reply.body) };
    case 'response-chunk':
      return { response_body: { response: streamed(reply.parts, reply.endOfStream) } };
    case 'response-trailers':
      return { response_trailers: {} };
    case 'immediate':
      return { immediate_response: immediate(reply.rejection, reply.grpc) };
  }
}

/** What a client is told of the decision that it asked about. */
function told(forward: Forward): WireCommonResponse {
  const set = debugHeaders(forward).map(([key, value]) => header(key, value));
  return { header_mutation: { set_headers: set } };
}

/** Most bodies stay as they are, and an empty reply says so. */
function responseBody(change: BodyChange): { readonly response?: WireCommonResponse } {
  return change.kind === 'keep' ? {} : { response: common(undefined, bodyMutation(change)) };
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

function common(headers: HeaderMutation | undefined, body: WireBodyMutation | undefined): WireCommonResponse {
  return {
    ...(headers === undefined ? {} : { header_mutation: headerMutation(headers) }),
    ...(body === undefined ? {} : { body_mutation: body }),
    // Envoy ignores this flag in a reply without a header mutation.
    ...(headers?.forward === undefined ? {} : { clear_route_cache: true }),
  };
}

/** Envoy removes before it sets, so a client's repeated header is gone whatever it held. */
function headerMutation(headers: HeaderMutation): WireHeaderMutation {
  const set: WireHeaderOption[] = [];
  if (headers.forward !== undefined) set.push(header(DESTINATION_HEADER, destination(headers.forward)));
  const remove: string[] = headers.stripDestination ? [DESTINATION_HEADER] : [];
  if (headers.contentLength === 'remove') remove.push('content-length');
  else if (headers.contentLength !== undefined) {
    set.push(header('content-length', String(headers.contentLength)));
  }
  return {
    ...(set.length === 0 ? {} : { set_headers: set }),
    ...(remove.length === 0 ? {} : { remove_headers: remove }),
  };
}

function header(key: string, value: string): WireHeaderOption {
  return { header: { key, raw_value: Buffer.from(value) }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' };
}

function withMetadata(
  response: WireResponse,
  forward: Forward | undefined,
  describe: (forward: Forward) => WireStruct,
): WireResponse {
  return forward === undefined ? response : { ...response, dynamic_metadata: describe(forward) };
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
