import type {
  WireBodyMode,
  WireHeader,
  WireProtocolConfiguration,
  WireRequest,
} from '../../src/extproc/wire.ts';

type Headers = { readonly [name: string]: string };

function headerMap(headers: Headers): { readonly headers: readonly WireHeader[] } {
  return {
    headers: Object.entries(headers).map(([key, value]) => ({ key, raw_value: Buffer.from(value) })),
  };
}

/** `protocol_config` for a request body mode; NONE is left out as on the wire. */
export function modes(request: WireBodyMode, response: WireBodyMode = 'NONE'): WireProtocolConfiguration {
  return {
    ...(request === 'NONE' ? {} : { request_body_mode: request }),
    ...(response === 'NONE' ? {} : { response_body_mode: response }),
  };
}

/** Request headers of a JSON POST to test.com with a body to come. */
export function requestHeaders(parts: {
  readonly modes?: WireProtocolConfiguration;
  readonly headers?: Headers;
  readonly eos?: boolean;
  readonly metadata?: WireRequest['metadata_context'];
}): WireRequest {
  return {
    request_headers: {
      headers: headerMap({
        ':method': 'POST',
        ':path': '/v1/completions',
        ':authority': 'test.com',
        'content-type': 'application/json',
        ...parts.headers,
      }),
      end_of_stream: parts.eos ?? false,
    },
    ...(parts.modes === undefined ? {} : { protocol_config: parts.modes }),
    ...(parts.metadata === undefined ? {} : { metadata_context: parts.metadata }),
  };
}

/** One request body message. */
export function requestBody(
  body: string | Uint8Array,
  eos: boolean,
  config?: WireProtocolConfiguration,
): WireRequest {
  return {
    request_body: { body: Buffer.from(body), end_of_stream: eos },
    ...(config === undefined ? {} : { protocol_config: config }),
  };
}

export const requestTrailers: WireRequest = { request_trailers: {} };

/** Response headers with a status, as the proxy sends them. */
export function responseHeaders(
  status: number,
  eos = false,
  served?: string,
  headers: Headers = {},
): WireRequest {
  return {
    response_headers: { headers: headerMap({ ':status': String(status), ...headers }), end_of_stream: eos },
    ...(served === undefined
      ? {}
      : {
          metadata_context: {
            filter_metadata: {
              'envoy.lb': { fields: { 'x-gateway-destination-endpoint-served': { stringValue: served } } },
            },
          },
        }),
  };
}

/** One response body message. */
export function responseBody(body: string, eos: boolean): WireRequest {
  return { response_body: { body: Buffer.from(body), end_of_stream: eos } };
}

export const responseTrailers: WireRequest = { response_trailers: {} };
