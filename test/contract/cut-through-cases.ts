import { expect } from 'vitest';
import type { Case, Step } from './case.ts';
import { decided, forward, NO_ROLE, TO_POD } from './case.ts';
import { modes, requestBody, requestHeaders, requestTrailers, responseHeaders } from './messages.ts';
import { rejected } from './rejected.ts';
import type { Summary } from './summary.ts';

const FULL = modes('FULL_DUPLEX_STREAMED');
const FORWARDED = { kind: 'request-headers', set: TO_POD, clearRouteCache: true, metadata: decided() };
const HEADERS: Step = { send: requestHeaders({ modes: FULL }), expect: [] };

function chunk(text: string, eos = false): Summary {
  return { kind: 'request-body', chunk: text, eos };
}

/** A chunk of the body, and what it causes. */
function piece(text: string, ...replies: readonly Summary[]): Step {
  return { send: requestBody(text, false), expect: replies };
}

/** The last chunk. */
function last(text: string, ...replies: readonly Summary[]): Step {
  return { send: requestBody(text, true), expect: replies };
}

/** Sends the beginning of a body on. */
const CUT = piece('{"model":"lora-request","prompt":"', FORWARDED, chunk('{"model":"sql-lora","prompt":"'));
const UNREACHED = ['mode-resolved', 'dispatched', 'unreached', 'rejected'] as const;

const passing: readonly Case[] = [
  {
    name: 'a request goes on as soon as its model is known, and what follows as it comes',
    steps: [HEADERS, CUT, piece('abc', chunk('abc')), last('d"}', chunk('d"}', true))],
    effects: ['mode-resolved', 'dispatched', 'routed'],
  },
  {
    name: 'what came before the model goes on with it',
    steps: [
      HEADERS,
      piece('{"prompt":"a","mod'),
      piece('el":"lora-re'),
      piece('quest"', FORWARDED, chunk('{"prompt":"a","model":"sql-lora"')),
      last('}', chunk('}', true)),
    ],
  },
  {
    name: 'a body that is whole but for the message that ends it goes on in one piece',
    steps: [
      HEADERS,
      piece('{"model":"lora-request"}'),
      last('', FORWARDED, chunk('{"model":"sql-lora"}', true)),
    ],
    effects: ['mode-resolved', 'routed', 'dispatched'],
  },
  {
    name: 'an empty last chunk ends a body that was sent on',
    steps: [HEADERS, CUT, piece('"}', chunk('"}')), last('', chunk('', true))],
  },
  {
    name: 'trailers end a body that was sent on',
    steps: [
      HEADERS,
      CUT,
      piece('"}', chunk('"}')),
      { send: requestTrailers, expect: [{ kind: 'request-trailers' }] },
    ],
    effects: ['mode-resolved', 'dispatched', 'routed'],
  },
  {
    name: 'a later `model` of the same value is replaced too, and held no longer than until it is whole',
    steps: [
      HEADERS,
      CUT,
      piece('","model" : "lora', chunk('","model" : ')),
      piece('-req'),
      piece('uest","n":1', chunk('"sql-lora","n":1')),
      last(',"mod\\u0065l":"lora-request"}', chunk(',"mod\\u0065l":"sql-lora"}', true)),
    ],
  },
  {
    name: 'content-length is taken off when the name changes, since it may come again',
    steps: [
      { send: requestHeaders({ modes: FULL, headers: { 'content-length': '37' } }), expect: [] },
      piece(
        '{"model":"lora-request",',
        { ...FORWARDED, remove: ['content-length'] },
        chunk('{"model":"sql-lora",'),
      ),
      last('"prompt":"hi"}', chunk('"prompt":"hi"}', true)),
    ],
  },
  {
    name: 'content-length stays when the name does',
    steps: [
      { send: requestHeaders({ modes: FULL, headers: { 'content-length': '33' } }), expect: [] },
      piece(
        '{"model":"sql-lora",',
        { ...FORWARDED, metadata: decided({ ...NO_ROLE, route: 'direct', model: 'sql-lora' }) },
        chunk('{"model":"sql-lora",'),
      ),
      last('"prompt":"hi"}', chunk('"prompt":"hi"}', true)),
    ],
  },
  {
    name: 'a body that is sent on may be larger than all that can be held',
    maxBufferedBytes: 40,
    steps: [HEADERS, CUT, piece('a'.repeat(60), chunk('a'.repeat(60))), last('"}', chunk('"}', true))],
  },
  {
    name: 'a held request is sent on when it is released, and what came meanwhile follows in order',
    decide: () => ({ kind: 'hold' }),
    steps: [
      HEADERS,
      piece('{"model":"lora-request",'),
      piece('"n":1'),
      { release: forward(), expect: [FORWARDED, chunk('{"model":"sql-lora",'), chunk('"n":1')] },
      last('}', chunk('}', true)),
    ],
  },
  {
    name: 'with --cut-through=false nothing is sent on before the end of the body',
    cutThrough: false,
    steps: [
      HEADERS,
      piece('{"model":"lora-request",'),
      last('"n":1}', FORWARDED, chunk('{"model":"sql-lora","n":1}', true)),
    ],
  },
];

const refusals: readonly Case[] = [
  {
    name: 'a second model that differs is refused after the cut, and the request does not count as routed',
    steps: [
      HEADERS,
      CUT,
      piece(
        '","model":"other"',
        rejected(400, 'model_conflict', '`model` is given more than once with different values'),
      ),
    ],
    effects: [...UNREACHED],
  },
  {
    name: 'a later model that is no string is refused after the cut',
    steps: [
      HEADERS,
      CUT,
      piece('","model":[1]', rejected(400, 'model_not_string', '`model` must be a string')),
    ],
    effects: [...UNREACHED],
  },
  {
    name: 'malformed JSON is refused after the cut',
    steps: [HEADERS, CUT, piece('"]', rejected(400, 'malformed_json', expect.stringMatching(/at byte 35$/)))],
    effects: [...UNREACHED],
  },
  {
    name: 'a body that ends inside a value is refused after the cut',
    steps: [
      HEADERS,
      CUT,
      last('"', rejected(400, 'malformed_json', expect.stringContaining('ends inside a value'))),
    ],
    effects: [...UNREACHED],
  },
  {
    name: 'a body that grows too large is refused after the cut',
    maxBodyBytes: 50,
    steps: [
      HEADERS,
      CUT,
      piece('a'.repeat(20), rejected(413, 'body_too_large', expect.stringContaining('50 bytes'))),
    ],
    effects: [...UNREACHED],
  },
  {
    name: 'a body that stops arriving is refused after the cut',
    steps: [
      HEADERS,
      CUT,
      { expire: true, expect: [rejected(408, 'body_idle_timeout', 'the request body stopped arriving')] },
    ],
    effects: [...UNREACHED],
  },
];

const ends: readonly Case[] = [
  {
    name: 'a response that comes before the end of the body leaves the rest to the pod, faults included',
    steps: [
      HEADERS,
      CUT,
      { send: responseHeaders(200), expect: [{ kind: 'response-headers' }] },
      piece('"]', chunk('"]')),
      last('x', chunk('x', true)),
    ],
    effects: ['mode-resolved', 'dispatched', 'routed', 'responded', 'response-ended'],
  },
  {
    name: 'a body that grows too large after its response has begun goes on whole, in whatever it is cut off',
    maxBodyBytes: 50,
    steps: [
      HEADERS,
      CUT,
      { send: responseHeaders(200), expect: [{ kind: 'response-headers' }] },
      piece('","model":"lor', chunk('","model":')),
      piece('a-request', chunk('"lora-request')),
      piece('",', chunk('",')),
      last('"n":1}', chunk('"n":1}', true)),
    ],
  },
  {
    name: 'a stream that ends after the cut counts as routed',
    steps: [HEADERS, CUT],
    effects: ['mode-resolved', 'dispatched', 'routed'],
  },
];

/** Bodies in full duplex that go on before their end. */
export const cutThroughCases: readonly Case[] = [...passing, ...refusals, ...ends];
