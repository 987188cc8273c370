import type {
  WireBytes,
  WireCommonResponse,
  WireHeaderMutation,
  WireResponse,
  WireStruct,
} from '../../src/extproc/wire.ts';

/** One reply, small enough to be written down in a table: bytes as text, headers as pairs. */
export type Summary = { readonly [field: string]: unknown };

function text(bytes: WireBytes = []): string {
  return Buffer.concat(bytes instanceof Uint8Array ? [bytes] : bytes).toString();
}

/** Reads a reply from either driver; empty parts are left out, so that both look alike. */
export function summarize(reply: WireResponse): Summary {
  if (reply.immediate_response != null) return immediate(reply);
  const metadata = reply.dynamic_metadata == null ? {} : { metadata: struct(reply.dynamic_metadata) };
  if (reply.request_headers != null) {
    return { kind: 'request-headers', ...common(reply.request_headers.response), ...metadata };
  }
  if (reply.request_body != null) {
    return { kind: 'request-body', ...common(reply.request_body.response), ...metadata };
  }
  if (reply.response_body != null) return { kind: 'response-body', ...common(reply.response_body.response) };
  if (reply.response_headers != null) {
    return { kind: 'response-headers', ...common(reply.response_headers.response) };
  }
  if (reply.request_trailers != null) return { kind: 'request-trailers' };
  if (reply.response_trailers != null) return { kind: 'response-trailers' };
  return { kind: 'empty' };
}

function immediate(reply: WireResponse): Summary {
  const response = reply.immediate_response;
  return {
    kind: 'immediate',
    status: response?.status.code,
    details: response?.details,
    headers: mutation(response?.headers).set,
    error: JSON.parse(text(response?.body)).error,
    ...(response?.grpc_status == null ? {} : { grpcStatus: response.grpc_status.status }),
  };
}

function common(response: WireCommonResponse | null | undefined): Summary {
  if (response == null) return {};
  const streamed = response.body_mutation?.streamed_response;
  const body = response.body_mutation?.body;
  return {
    ...mutation(response.header_mutation),
    ...(response.clear_route_cache === true ? { clearRouteCache: true } : {}),
    ...(response.body_mutation?.clear_body === true ? { clear: true } : {}),
    ...(streamed == null ? {} : { chunk: text(streamed.body), eos: streamed.end_of_stream === true }),
    ...(body == null ? {} : { body: text(body) }),
  };
}

function mutation(headers: WireHeaderMutation | null | undefined) {
  const set = headers?.set_headers ?? [];
  const remove = headers?.remove_headers ?? [];
  return {
    ...(set.length === 0
      ? {}
      : { set: Object.fromEntries(set.map(({ header }) => [header.key, text(header.raw_value)])) }),
    ...(remove.length === 0 ? {} : { remove: [...remove] }),
  };
}

function struct({ shared, fields = {} }: WireStruct): Summary {
  const own = Object.entries(fields).map(([key, field]) => [
    key,
    field.structValue == null ? (field.stringValue ?? field.numberValue) : struct(field.structValue),
  ]);
  return { ...(shared == null ? {} : struct(shared)), ...Object.fromEntries(own) };
}
