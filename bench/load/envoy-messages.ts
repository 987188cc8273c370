import type { WireHeader, WireRequest } from '../../src/extproc/wire.ts';
import { completionBody } from './completion.ts';

/** Bytes of a body message; what Envoy sends depends on how the body reaches it, see the README. */
const CHUNK_BYTES = 16_384;

function headers(values: { readonly [name: string]: string }): readonly WireHeader[] {
  return Object.entries(values).map(([key, value]) => ({ key, raw_value: Buffer.from(value) }));
}

/** The messages of the request phase as Envoy 1.40 sends them: headers, chunks, and an empty chunk that ends. */
export function requestMessages(bodyBytes: number): readonly WireRequest[] {
  const body = completionBody(bodyBytes);
  const first: WireRequest = {
    request_headers: {
      headers: {
        headers: headers({
          ':authority': 'test.com',
          ':path': '/v1/completions',
          ':method': 'POST',
          ':scheme': 'http',
          'content-type': 'application/json',
          'content-length': `${bodyBytes}`,
          'x-forwarded-proto': 'http',
          'x-request-id': '7ffed727-728e-4fef-8a52-51ee6c513005',
        }),
      },
    },
    metadata_context: {},
    protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED' },
  };
  const chunks: WireRequest[] = [];
  for (let at = 0; at < body.length; at += CHUNK_BYTES) {
    chunks.push({ request_body: { body: body.subarray(at, at + CHUNK_BYTES) } });
  }
  return [first, ...chunks, { request_body: { end_of_stream: true } }];
}

/** The one message of the response phase. */
export function responseMessage(): WireRequest {
  return {
    response_headers: {
      headers: {
        headers: headers({
          ':status': '200',
          'content-type': 'application/json',
          'content-length': '72',
          date: 'Tue, 24 Nov 2026 14:35:53 GMT',
          'x-envoy-upstream-service-time': '1',
        }),
      },
    },
    metadata_context: {},
  };
}
