import type { Case } from './case.ts';
import { BY_HEADERS, decided, TO_POD } from './case.ts';
import {
  modes,
  requestBody,
  requestHeaders,
  requestTrailers,
  responseBody,
  responseHeaders,
  responseTrailers,
} from './messages.ts';

const BODY = '{"model":"lora-request","prompt":"hi"}';
const REWRITTEN = '{"model":"sql-lora","prompt":"hi"}';
const FORWARDED = { kind: 'request-headers', set: TO_POD, clearRouteCache: true, metadata: decided() };
const BY_HEADERS_REPLY = {
  kind: 'request-headers',
  set: TO_POD,
  clearRouteCache: true,
  metadata: BY_HEADERS,
};

/** What follows the headers; a part of a BUFFERED_PARTIAL body may be all that comes. */
const ENDINGS = {
  NONE: ['finished', 'response-ended'],
  BUFFERED: ['first-token', 'finished', 'response-ended'],
  BUFFERED_PARTIAL: ['first-token', 'response-ended', 'finished'],
  STREAMED: ['first-token', 'finished', 'response-ended'],
} as const;

const ordinary: readonly Case[] = (['NONE', 'BUFFERED', 'BUFFERED_PARTIAL', 'STREAMED'] as const).map(
  (mode): Case => ({
    name: `response ${mode}: headers, body and trailers get an empty reply each`,
    steps: [
      {
        send: requestHeaders({ modes: modes('FULL_DUPLEX_STREAMED', mode), eos: true }),
        expect: [BY_HEADERS_REPLY],
      },
      { send: responseHeaders(200), expect: [{ kind: 'response-headers' }] },
      { send: responseBody('{"id":1', false), expect: [{ kind: 'response-body' }] },
      { send: responseBody('}', false), expect: [{ kind: 'response-body' }] },
      { send: responseTrailers, expect: [{ kind: 'response-trailers' }] },
    ],
    effects: ['dispatched', 'routed', 'responded', ...ENDINGS[mode]],
  }),
);

const other: readonly Case[] = [
  {
    name: 'response FULL_DUPLEX_STREAMED: each chunk and its end_of_stream is echoed at once',
    steps: [
      {
        send: requestHeaders({ modes: modes('NONE', 'FULL_DUPLEX_STREAMED'), eos: true }),
        expect: [BY_HEADERS_REPLY],
      },
      { send: responseHeaders(200), expect: [{ kind: 'response-headers' }] },
      {
        send: responseBody('data: 1\n\n', false),
        expect: [{ kind: 'response-body', chunk: 'data: 1\n\n', eos: false }],
      },
      { send: responseBody('', true), expect: [{ kind: 'response-body', chunk: '', eos: true }] },
    ],
    effects: ['dispatched', 'routed', 'responded', 'first-token', 'finished', 'response-ended'],
  },
  {
    name: 'a response that names its length was generated whole: its pod is done when the headers come',
    steps: [
      { send: requestHeaders({ modes: modes('NONE'), eos: true }), expect: [BY_HEADERS_REPLY] },
      {
        send: responseHeaders(200, false, undefined, { 'content-length': '537' }),
        expect: [{ kind: 'response-headers' }],
      },
    ],
    effects: ['dispatched', 'routed', 'responded', 'finished', 'response-ended'],
  },
  {
    name: 'a response without a body ends with its headers',
    steps: [
      { send: requestHeaders({ modes: modes('NONE'), eos: true }), expect: [BY_HEADERS_REPLY] },
      { send: responseHeaders(204, true), expect: [{ kind: 'response-headers' }] },
    ],
    effects: ['dispatched', 'routed', 'responded', 'finished', 'response-ended'],
  },
  {
    name: 'FULL_DUPLEX_STREAMED: response headers in the middle of the request body are answered, the rest is dropped',
    steps: [
      { send: requestHeaders({ modes: modes('FULL_DUPLEX_STREAMED') }), expect: [] },
      { send: requestBody(BODY.slice(0, 9), false), expect: [] },
      { send: responseHeaders(413), expect: [{ kind: 'response-headers' }] },
      { send: requestBody(BODY.slice(9), true), expect: [] },
    ],
    effects: ['mode-resolved', 'responded', 'response-ended'],
  },
  {
    name: "BUFFERED: Envoy's own 413 instead of the body is answered",
    steps: [
      { send: requestHeaders({ modes: modes('BUFFERED') }), expect: [{ kind: 'request-headers' }] },
      { send: responseHeaders(413), expect: [{ kind: 'response-headers' }] },
      { send: responseBody('too large', true), expect: [{ kind: 'response-body' }] },
    ],
  },
  {
    name: 'STREAMED: an early answer of the pod does not disturb the request body',
    steps: [
      { send: requestHeaders({ modes: modes('STREAMED') }), expect: [BY_HEADERS_REPLY] },
      { send: requestBody(BODY.slice(0, 9), false), expect: [{ kind: 'request-body', clear: true }] },
      { send: responseHeaders(200), expect: [{ kind: 'response-headers' }] },
      { send: requestBody(BODY.slice(9), true), expect: [{ kind: 'request-body', body: REWRITTEN }] },
    ],
  },
  {
    name: 'STREAMED: a fault in the body after the response began keeps the response whole',
    steps: [
      { send: requestHeaders({ modes: modes('STREAMED') }), expect: [BY_HEADERS_REPLY] },
      { send: requestBody('{"a":', false), expect: [{ kind: 'request-body', clear: true }] },
      { send: responseHeaders(401), expect: [{ kind: 'response-headers' }] },
      { send: requestBody('}', true), expect: [{ kind: 'request-body' }] },
    ],
  },
  {
    name: 'response headers as the first message are answered',
    steps: [{ send: responseHeaders(200), expect: [{ kind: 'response-headers' }] }],
  },
  {
    name: 'an endpoint that served without being picked takes the load off the one that was',
    steps: [
      { send: requestHeaders({ modes: modes('FULL_DUPLEX_STREAMED') }), expect: [] },
      {
        send: requestBody(BODY, true),
        expect: [FORWARDED, { kind: 'request-body', chunk: REWRITTEN, eos: true }],
      },
      { send: responseHeaders(200, true, '10.0.0.9:8000'), expect: [{ kind: 'response-headers' }] },
    ],
    effects: [
      'mode-resolved',
      'routed',
      'dispatched',
      'unreached',
      'responded',
      'finished',
      'response-ended',
    ],
  },
  {
    name: 'a message that Serin does not know is passed over',
    steps: [
      { send: {}, expect: [] },
      { send: requestHeaders({ modes: modes('NONE'), eos: true }), expect: [BY_HEADERS_REPLY] },
    ],
    effects: ['protocol-error', 'dispatched', 'routed'],
  },
  {
    name: 'request headers that come twice are passed over',
    steps: [
      { send: requestHeaders({ modes: modes('NONE'), eos: true }), expect: [BY_HEADERS_REPLY] },
      { send: requestHeaders({ eos: true }), expect: [] },
    ],
    effects: ['dispatched', 'routed', 'protocol-error'],
  },
  {
    name: 'a body message after the end is passed over',
    steps: [
      { send: requestHeaders({ modes: modes('FULL_DUPLEX_STREAMED') }), expect: [] },
      {
        send: requestBody(BODY, true),
        expect: [FORWARDED, { kind: 'request-body', chunk: REWRITTEN, eos: true }],
      },
      { send: requestBody('x', true), expect: [] },
    ],
    effects: ['mode-resolved', 'routed', 'dispatched', 'protocol-error'],
  },
  {
    name: 'trailers of a request that was routed by its headers are answered',
    steps: [
      {
        send: requestHeaders({ modes: modes('BUFFERED'), headers: { 'content-encoding': 'br' } }),
        expect: [BY_HEADERS_REPLY],
      },
      { send: requestBody('x', false), expect: [{ kind: 'request-body' }] },
      { send: requestTrailers, expect: [{ kind: 'request-trailers' }] },
    ],
  },
];

export const responseCases: readonly Case[] = [...ordinary, ...other];
