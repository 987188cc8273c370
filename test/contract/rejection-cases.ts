import { expect } from 'vitest';
import { reject } from '../../src/core/rejection.ts';
import type { Case } from './case.ts';
import { BY_HEADERS, decided, forward, TO_POD } from './case.ts';
import { modes, requestBody, requestHeaders, requestTrailers, responseHeaders } from './messages.ts';
import { rejected } from './rejected.ts';
import type { Summary } from './summary.ts';

const BODY = '{"model":"lora-request","prompt":"hi"}';
const REWRITTEN = '{"model":"sql-lora","prompt":"hi"}';
const FULL = modes('FULL_DUPLEX_STREAMED');
const BUFFERED = modes('BUFFERED');
const FORWARDED = { kind: 'request-headers', set: TO_POD, clearRouteCache: true, metadata: decided() };

const BUSY = { errorType: 'rate_limit_error', retryAfter: '1' };
const UNAVAILABLE = { errorType: 'service_unavailable', retryAfter: '1' };

/** A full-duplex request with this body, and its one reply. */
function body(name: string, text: string, reply: Summary): Case {
  return {
    name,
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      { send: requestBody(text, true), expect: [reply] },
    ],
    effects: ['mode-resolved', 'rejected'],
  };
}

const bodies: readonly Case[] = [
  body(
    'malformed JSON is 400 and names the byte',
    '{"model":}',
    rejected(400, 'malformed_json', expect.stringMatching(/at byte 9$/)),
  ),
  body(
    'a body that ends inside a value is 400',
    '{"model":"lora-request"',
    rejected(400, 'malformed_json', expect.stringContaining('not valid JSON')),
  ),
  body(
    'a body without model is 400',
    '{"a":1}',
    rejected(400, 'model_missing', 'the request body has no `model`'),
  ),
  body(
    'a model inside another object is none',
    '{"a":{"model":"lora-request"}}',
    rejected(400, 'model_missing', 'the request body has no `model`'),
  ),
  body(
    'a model that is no string is 400',
    '{"model":7}',
    rejected(400, 'model_not_string', '`model` must be a string'),
  ),
  body(
    'two models that differ are 400',
    '{"model":"lora-request","mod\\u0065l":"sql-lora"}',
    rejected(400, 'model_conflict', '`model` is given more than once with different values'),
  ),
  body(
    'an unknown model is 404 with the code that OpenAI clients know',
    '{"model":"nope"}',
    rejected(404, 'model_not_found', 'no model nope', { reason: 'unknown_model' }),
  ),
  {
    name: 'every top-level model key is rewritten, escaped spellings too, and no other byte',
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      {
        send: requestBody(
          '{ "mod\\u0065l" : "lora-request", "seed":9007199254740993, "a":{"model":"x"}, "model":"lora\\u002drequest"}',
          true,
        ),
        expect: [
          FORWARDED,
          {
            kind: 'request-body',
            chunk:
              '{ "mod\\u0065l" : "sql-lora", "seed":9007199254740993, "a":{"model":"x"}, "model":"sql-lora"}',
            eos: true,
          },
        ],
      },
    ],
  },
  {
    name: 'STREAMED: a rejection after the headers went out takes the request back from its endpoint',
    steps: [
      {
        send: requestHeaders({ modes: modes('STREAMED') }),
        expect: [{ kind: 'request-headers', set: TO_POD, clearRouteCache: true, metadata: BY_HEADERS }],
      },
      {
        send: requestBody('{}', true),
        expect: [rejected(400, 'model_missing', 'the request body has no `model`')],
      },
    ],
    effects: ['mode-resolved', 'dispatched', 'unreached', 'rejected'],
  },
];

const limits: readonly Case[] = [
  {
    name: 'a content-length above the limit is 413 before any body',
    maxBodyBytes: 10,
    steps: [
      {
        send: requestHeaders({ modes: BUFFERED, headers: { 'content-length': '11' } }),
        expect: [
          rejected(413, 'body_too_large', 'the request body is larger than 10 bytes (--max-body-bytes)'),
        ],
      },
    ],
  },
  {
    name: 'a body that grows above the limit is 413, and what follows is not answered',
    maxBodyBytes: 10,
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      {
        send: requestBody('{"model":  ', false),
        expect: [
          rejected(413, 'body_too_large', 'the request body is larger than 10 bytes (--max-body-bytes)'),
        ],
      },
      { send: requestBody('"x"}', true), expect: [] },
    ],
  },
  {
    name: "BUFFERED_PARTIAL: a cut-off body is 413 and names Envoy's buffer limit",
    steps: [
      { send: requestHeaders({ modes: modes('BUFFERED_PARTIAL') }), expect: [{ kind: 'request-headers' }] },
      {
        send: requestBody('{"model":"lora-request","prompt":"', false),
        expect: [
          rejected(
            413,
            'body_truncated',
            "the request body is larger than the proxy's buffer: only its first 34 bytes arrived " +
              '(Envoy: per_connection_buffer_limit_bytes)',
          ),
        ],
      },
    ],
  },
  {
    name: 'BUFFERED_PARTIAL: a body as long as content-length says is whole, so a fault in it is its own',
    steps: [
      {
        send: requestHeaders({ modes: modes('BUFFERED_PARTIAL'), headers: { 'content-length': '9' } }),
        expect: [{ kind: 'request-headers' }],
      },
      {
        send: requestBody('{"model":', false),
        expect: [rejected(400, 'malformed_json', expect.stringContaining('not valid JSON'))],
      },
    ],
  },
  {
    name: 'held bodies share a budget: past it the answer is 429 with retry-after',
    maxBufferedBytes: 10,
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      {
        send: requestBody(BODY, true),
        expect: [rejected(429, 'buffer_full', 'too many request bodies are being held; try again', BUSY)],
      },
    ],
  },
  {
    name: 'a stream above the limit is 429 whatever it asks',
    maxStreams: 0,
    steps: [
      {
        send: requestHeaders({ modes: FULL, eos: true }),
        expect: [rejected(429, 'too_many_streams', 'more than 0 requests are open (--max-streams)', BUSY)],
      },
    ],
  },
  {
    name: 'a rejection of the core reaches header-only requests',
    decide: () => reject('no_endpoint', 'no pod is ready'),
    steps: [
      {
        send: requestHeaders({ modes: FULL, eos: true }),
        expect: [rejected(503, 'no_endpoint', 'no pod is ready', UNAVAILABLE)],
      },
    ],
    effects: ['rejected'],
  },
  {
    name: 'a gRPC request is refused with a gRPC status as well',
    decide: () => reject('no_endpoint', 'no pod is ready'),
    steps: [
      {
        send: requestHeaders({ modes: FULL, eos: true, headers: { 'content-type': 'application/grpc' } }),
        expect: [rejected(503, 'no_endpoint', 'no pod is ready', { ...UNAVAILABLE, grpcStatus: 14 })],
      },
    ],
  },
];

const waiting: readonly Case[] = [
  {
    name: 'a body that stops arriving is 408',
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      { send: requestBody('{"mo', false), expect: [] },
      { expire: true, expect: [rejected(408, 'body_idle_timeout', 'the request body stopped arriving')] },
    ],
  },
  {
    name: 'BUFFERED: a body that never comes is 408',
    steps: [
      { send: requestHeaders({ modes: BUFFERED }), expect: [{ kind: 'request-headers' }] },
      { expire: true, expect: [rejected(408, 'body_idle_timeout', 'the request body stopped arriving')] },
    ],
  },
  {
    name: 'a held request goes on when it is released, and what came meanwhile follows in order',
    decide: () => ({ kind: 'hold' }),
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      { send: requestBody(BODY, false), expect: [] },
      { send: requestTrailers, expect: [] },
      {
        release: forward(),
        expect: [
          FORWARDED,
          { kind: 'request-body', chunk: REWRITTEN, eos: false },
          { kind: 'request-trailers' },
        ],
      },
    ],
    effects: ['mode-resolved', 'held', 'routed', 'dispatched'],
  },
  {
    name: 'a held header-only request goes on when it is released',
    decide: () => ({ kind: 'hold' }),
    steps: [
      { send: requestHeaders({ modes: FULL, eos: true }), expect: [] },
      { release: forward(), expect: [FORWARDED] },
    ],
  },
  {
    name: 'a held request that is released with a rejection is refused',
    decide: () => ({ kind: 'hold' }),
    steps: [
      { send: requestHeaders({ modes: FULL, eos: true }), expect: [] },
      {
        release: reject('overloaded', 'every pod is busy'),
        expect: [rejected(429, 'overloaded', 'every pod is busy', BUSY)],
      },
    ],
  },
  {
    name: 'a held request that no one releases in time is 503, and a late release changes nothing',
    decide: () => ({ kind: 'hold' }),
    steps: [
      { send: requestHeaders({ modes: BUFFERED }), expect: [{ kind: 'request-headers' }] },
      { send: requestBody(BODY, true), expect: [] },
      {
        expire: true,
        expect: [rejected(503, 'decision_timeout', 'no endpoint became free in time', UNAVAILABLE)],
      },
      { release: forward(), expect: [] },
    ],
  },
  {
    name: 'what comes while a decision is held pays from the budget of held bodies: past it the answer is 429',
    decide: () => ({ kind: 'hold' }),
    maxBufferedBytes: 1000,
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      { send: requestBody('{"model":"lora-request",', false), expect: [] },
      { send: requestBody('"n":1', false), expect: [] },
      {
        send: requestBody(`,"p":"${'a'.repeat(800)}"}`, false),
        expect: [rejected(429, 'buffer_full', 'too many request bodies are being held; try again', BUSY)],
      },
      { release: forward(), expect: [] },
    ],
  },
  {
    name: 'what comes while a decision is held counts as its body: past the limit the answer is 413',
    decide: () => ({ kind: 'hold' }),
    maxBodyBytes: 100,
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      { send: requestBody('{"model":"lora-request",', false), expect: [] },
      {
        send: requestBody(`"p":"${'a'.repeat(80)}`, false),
        expect: [
          rejected(413, 'body_too_large', 'the request body is larger than 100 bytes (--max-body-bytes)'),
        ],
      },
    ],
  },
  {
    name: 'no deadline runs in the response phase',
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      { send: requestBody('{"mo', false), expect: [] },
      { send: responseHeaders(413), expect: [{ kind: 'response-headers' }] },
      { expire: true, expect: [] },
    ],
  },
];

export const rejectionCases: readonly Case[] = [...bodies, ...limits, ...waiting];
