import type { WireBodyMode } from '../../src/extproc/wire.ts';
import type { Case, Step } from './case.ts';
import { BY_HEADERS, TO_POD } from './case.ts';
import { modes, requestHeaders, responseBody, responseHeaders, responseTrailers } from './messages.ts';

const MODES = ['BUFFERED', 'STREAMED', 'FULL_DUPLEX_STREAMED'] as const;
type Mode = (typeof MODES)[number];

/** A request that its headers decide, and its response in a mode. */
function request(response: WireBodyMode): Step {
  return {
    send: requestHeaders({ modes: modes('NONE', response), eos: true }),
    expect: [{ kind: 'request-headers', set: TO_POD, clearRouteCache: true, metadata: BY_HEADERS }],
  };
}

/** Response headers of a type, as the proxy sends them. */
function headers(type: string, extra: { readonly [name: string]: string } = {}, status = 200): Step {
  return {
    send: responseHeaders(status, false, undefined, { 'content-type': type, ...extra }),
    expect: [{ kind: 'response-headers' }],
  };
}

/** One body message, which goes on as it is. */
function untouched(mode: Mode, body: string, eos = false): Step {
  const duplex = mode === 'FULL_DUPLEX_STREAMED';
  return {
    send: responseBody(body, eos),
    expect: [duplex ? { kind: 'response-body', chunk: body, eos } : { kind: 'response-body' }],
  };
}

const JSON_BODY = '{"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":7}}';
const EVENTS = [
  'data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n',
  'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"length"}]}\n\n',
  'data: {"choices":[],"usage":{"prompt_tokens":5,"comp',
  'letion_tokens":7}}\n\ndata: [DO',
  'NE]\n\n',
];
const TOLD = { usage: { promptTokens: 5, completionTokens: 7 }, noUsage: undefined };
const NOT_TOLD = { usage: undefined, finishReason: undefined };
const BEGUN = ['dispatched', 'routed', 'responded', 'first-token'] as const;

const read: readonly Case[] = MODES.flatMap((mode): readonly Case[] => [
  {
    name: `response ${mode}: usage and finish reason of a JSON answer are read, and no byte is changed`,
    steps: [request(mode), headers('application/json'), untouched(mode, JSON_BODY, true)],
    effects: [...BEGUN, 'finished', 'response-ended'],
    answer: { end: 'complete', ...TOLD, finishReason: 'stop' },
  },
  {
    name: `response ${mode}: of gzip nothing is read, and no byte is changed`,
    steps: [
      request(mode),
      headers('application/json', { 'content-encoding': 'gzip' }),
      untouched(mode, JSON_BODY, true),
    ],
    answer: { end: 'complete', noUsage: 'opaque', ...NOT_TOLD },
  },
  {
    name: `response ${mode}: an answer without a usage says so`,
    steps: [request(mode), headers('application/json'), untouched(mode, '{"data":[]}', true)],
    answer: { end: 'complete', noUsage: 'absent', ...NOT_TOLD },
  },
  {
    name: `response ${mode}: an error is not read`,
    steps: [request(mode), headers('application/json', {}, 500), untouched(mode, JSON_BODY, true)],
    answer: { end: 'complete', noUsage: 'opaque', ...NOT_TOLD },
  },
  {
    name: `response ${mode}: one that breaks off says so`,
    steps: [request(mode), headers('application/json'), untouched(mode, JSON_BODY.slice(0, 40))],
    effects: [...BEGUN, 'response-ended'],
    answer: { end: 'cut', noUsage: 'cut', usage: undefined, finishReason: 'stop' },
  },
  {
    name: `response ${mode}: one whose body never comes says so`,
    steps: [request(mode), headers('application/json')],
    effects: ['dispatched', 'routed', 'responded', 'response-ended'],
    answer: { end: 'cut', noUsage: 'cut', ...NOT_TOLD },
  },
]);

const streams: readonly Case[] = (['STREAMED', 'FULL_DUPLEX_STREAMED'] as const).flatMap(
  (mode): readonly Case[] => [
    {
      name: `response ${mode}: every piece of an event stream goes on at once; its usage is read across them`,
      steps: [
        request(mode),
        headers('text/event-stream; charset=utf-8'),
        ...EVENTS.map((event) => untouched(mode, event)),
        untouched(mode, '', true),
      ],
      effects: [...BEGUN, 'finished', 'response-ended'],
      answer: { end: 'complete', ...TOLD, finishReason: 'length' },
    },
    {
      name: `response ${mode}: an event stream whose model has said nothing yet has no first token`,
      steps: [request(mode), headers('text/event-stream'), untouched(mode, EVENTS[0] ?? '')],
      effects: ['dispatched', 'routed', 'responded', 'response-ended'],
      answer: { end: 'cut', noUsage: 'cut', ...NOT_TOLD },
    },
    {
      name: `response ${mode}: trailers end a response too`,
      steps: [
        request(mode),
        headers('application/json'),
        untouched(mode, JSON_BODY),
        { send: responseTrailers, expect: [{ kind: 'response-trailers' }] },
      ],
      effects: [...BEGUN, 'finished', 'response-ended'],
      answer: { end: 'complete', ...TOLD, finishReason: 'stop' },
    },
  ],
);

const unseen: readonly Case[] = [
  {
    name: 'response NONE: nothing is learnt of a body',
    steps: [request('NONE'), headers('text/event-stream')],
    effects: ['dispatched', 'routed', 'responded', 'response-ended'],
    answer: { end: 'unseen', noUsage: 'unread', ...NOT_TOLD },
  },
  {
    name: 'response NONE: trailers tell that it has ended',
    steps: [
      request('NONE'),
      headers('text/event-stream'),
      { send: responseTrailers, expect: [{ kind: 'response-trailers' }] },
    ],
    answer: { end: 'complete', noUsage: 'unread', ...NOT_TOLD },
  },
  {
    name: 'response BUFFERED_PARTIAL: nobody tells whether a part is all of it',
    steps: [
      request('BUFFERED_PARTIAL'),
      headers('application/json'),
      { send: responseBody('{"choices":[', false), expect: [{ kind: 'response-body' }] },
    ],
    answer: { end: 'unseen', noUsage: 'unread', ...NOT_TOLD },
  },
  {
    name: 'a request that gets no response learns nothing of one',
    steps: [request('STREAMED')],
    effects: ['dispatched', 'routed'],
  },
];

export const responseBodyCases: readonly Case[] = [...read, ...streams, ...unseen];
