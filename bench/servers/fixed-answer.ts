import { DESTINATION_HEADER, LB_NAMESPACE } from '../../src/extproc/keys.ts';
import type { WireRequest, WireResponse } from '../../src/extproc/wire.ts';
import type { ExtProcService } from '../../src/server/ext-proc-call.ts';

import { createReplyFramer } from './process-method.ts';
import type { FixedReplies } from './relay.ts';

const NO_BYTES = new Uint8Array(0);

/** The reply to request headers that sends every request to one address. */
export function headersReply(destination: string): WireResponse {
  const header = { key: DESTINATION_HEADER, raw_value: Buffer.from(destination) };
  const steer = { fields: { [DESTINATION_HEADER]: { stringValue: destination } } };
  return {
    request_headers: {
      response: {
        header_mutation: { set_headers: [{ header, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' }] },
        clear_route_cache: true,
      },
    },
    dynamic_metadata: { fields: { [LB_NAMESPACE]: { structValue: steer } } },
  };
}

/** The reply to response headers that changes nothing. */
export const RESPONSE_HEADERS_REPLY: WireResponse = { response_headers: {} };

/** The same replies as bytes, for servers that frame by hand. */
export function framedReplies(destination: string): FixedReplies {
  const framed = createReplyFramer();
  return { toRequestHeaders: framed(headersReply(destination)), toOthers: framed(RESPONSE_HEADERS_REPLY) };
}

/** Creates the service that only carries: a fixed destination, and each body chunk sent back as it came. */
export function createFixedAnswer(destination: string): ExtProcService {
  const headers = headersReply(destination);
  return (call) => ({
    onMessage: (message) => call.send(answer(message, headers)),
    onHalfClose: () => call.end(),
    onClose: () => undefined,
  });
}

function answer(message: WireRequest, headers: WireResponse): WireResponse {
  if (message.request_headers !== undefined) return headers;
  if (message.request_body === undefined) return RESPONSE_HEADERS_REPLY;
  const { body = NO_BYTES, end_of_stream = false } = message.request_body;
  return { request_body: { response: { body_mutation: { streamed_response: { body, end_of_stream } } } } };
}
