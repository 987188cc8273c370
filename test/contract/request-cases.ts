import type { WireBodyMode } from '../../src/extproc/wire.ts';
import type { Case } from './case.ts';
import { BY_HEADERS, decided, endpoint, forward, NO_ROLE, STARTED_AT_MS, TO_POD } from './case.ts';
import { modes, requestBody, requestHeaders, requestTrailers } from './messages.ts';

const BODY = '{"model":"lora-request","prompt":"hi"}';
const REWRITTEN = '{"model":"sql-lora","prompt":"hi"}';
const FULL = modes('FULL_DUPLEX_STREAMED');
const FORWARDED = { kind: 'request-headers', set: TO_POD, clearRouteCache: true, metadata: decided() };
const BY_HEADERS_REPLY = {
  kind: 'request-headers',
  set: TO_POD,
  clearRouteCache: true,
  metadata: BY_HEADERS,
};
const KEPT = { kind: 'request-body' };

/** How the body modes answer a request whose model is rewritten. */
const rewriting: readonly Case[] = [
  {
    name: 'FULL_DUPLEX_STREAMED: the header reply waits for the end of the body, then all of it follows',
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      { send: requestBody(BODY.slice(0, 12), false), expect: [] },
      {
        send: requestBody(BODY.slice(12), true),
        expect: [FORWARDED, { kind: 'request-body', chunk: REWRITTEN, eos: true }],
      },
    ],
    effects: ['mode-resolved', 'routed', 'dispatched'],
  },
  {
    name: 'FULL_DUPLEX_STREAMED: an empty last chunk ends the body',
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      { send: requestBody(BODY, false), expect: [] },
      {
        send: requestBody('', true),
        expect: [FORWARDED, { kind: 'request-body', chunk: REWRITTEN, eos: true }],
      },
    ],
  },
  {
    name: 'FULL_DUPLEX_STREAMED: trailers end the body, no chunk says so, and the trailers are answered last',
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      { send: requestBody(BODY, false), expect: [] },
      {
        send: requestTrailers,
        expect: [
          FORWARDED,
          { kind: 'request-body', chunk: REWRITTEN, eos: false },
          { kind: 'request-trailers' },
        ],
      },
    ],
  },
  {
    name: 'FULL_DUPLEX_STREAMED: a body without a byte is routed by the headers',
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      {
        send: requestBody('', true),
        expect: [BY_HEADERS_REPLY, { kind: 'request-body', chunk: '', eos: true }],
      },
    ],
  },
  {
    name: 'FULL_DUPLEX_STREAMED: content-length is that of the new body',
    steps: [
      { send: requestHeaders({ modes: FULL, headers: { 'content-length': `${BODY.length}` } }), expect: [] },
      {
        send: requestBody(BODY, true),
        expect: [
          { ...FORWARDED, set: { ...TO_POD, 'content-length': `${REWRITTEN.length}` } },
          { kind: 'request-body', chunk: REWRITTEN, eos: true },
        ],
      },
    ],
  },
  {
    name: 'BUFFERED: headers are answered at once, the body reply brings destination, length and new body',
    steps: [
      {
        send: requestHeaders({ modes: modes('BUFFERED'), headers: { 'content-length': `${BODY.length}` } }),
        expect: [{ kind: 'request-headers' }],
      },
      {
        send: requestBody(BODY, true),
        expect: [
          {
            kind: 'request-body',
            set: { ...TO_POD, 'content-length': `${REWRITTEN.length}` },
            clearRouteCache: true,
            body: REWRITTEN,
            metadata: decided(),
          },
        ],
      },
    ],
    effects: ['mode-resolved', 'routed', 'dispatched'],
  },
  {
    name: 'BUFFERED: without a content-length none is set',
    steps: [
      { send: requestHeaders({ modes: modes('BUFFERED') }), expect: [{ kind: 'request-headers' }] },
      {
        send: requestBody(BODY, true),
        expect: [
          { kind: 'request-body', set: TO_POD, clearRouteCache: true, body: REWRITTEN, metadata: decided() },
        ],
      },
    ],
  },
  {
    name: 'BUFFERED: the one body message is the whole body even if trailers follow',
    steps: [
      { send: requestHeaders({ modes: modes('BUFFERED') }), expect: [{ kind: 'request-headers' }] },
      {
        send: requestBody(BODY, false),
        expect: [
          { kind: 'request-body', set: TO_POD, clearRouteCache: true, body: REWRITTEN, metadata: decided() },
        ],
      },
      { send: requestTrailers, expect: [{ kind: 'request-trailers' }] },
    ],
  },
  {
    name: 'BUFFERED: a body that needs no change is kept',
    steps: [
      { send: requestHeaders({ modes: modes('BUFFERED') }), expect: [{ kind: 'request-headers' }] },
      {
        send: requestBody('{"model":"sql-lora"}', true),
        expect: [
          {
            kind: 'request-body',
            set: TO_POD,
            clearRouteCache: true,
            metadata: decided({ ...NO_ROLE, route: 'direct', model: 'sql-lora' }),
          },
        ],
      },
    ],
  },
  {
    name: 'BUFFERED with header mode SKIP: the body is the first message and no header reply is sent',
    steps: [
      {
        send: requestBody(BODY, true, modes('BUFFERED')),
        expect: [
          { kind: 'request-body', set: TO_POD, clearRouteCache: true, body: REWRITTEN, metadata: decided() },
        ],
      },
    ],
  },
  {
    name: 'BUFFERED_PARTIAL: a body with end_of_stream is complete',
    steps: [
      { send: requestHeaders({ modes: modes('BUFFERED_PARTIAL') }), expect: [{ kind: 'request-headers' }] },
      {
        send: requestBody(BODY, true),
        expect: [
          { kind: 'request-body', set: TO_POD, clearRouteCache: true, body: REWRITTEN, metadata: decided() },
        ],
      },
    ],
  },
  {
    name: 'BUFFERED_PARTIAL: a body whose value has closed is complete, and its trailers are answered',
    steps: [
      { send: requestHeaders({ modes: modes('BUFFERED_PARTIAL') }), expect: [{ kind: 'request-headers' }] },
      {
        send: requestBody(BODY, false),
        expect: [
          { kind: 'request-body', set: TO_POD, clearRouteCache: true, body: REWRITTEN, metadata: decided() },
        ],
      },
      { send: requestTrailers, expect: [{ kind: 'request-trailers' }] },
    ],
  },
  {
    name: 'STREAMED: headers release an endpoint, chunks are cleared, the last brings the whole body',
    steps: [
      { send: requestHeaders({ modes: modes('STREAMED') }), expect: [BY_HEADERS_REPLY] },
      { send: requestBody(BODY.slice(0, 20), false), expect: [{ kind: 'request-body', clear: true }] },
      { send: requestBody(BODY.slice(20), false), expect: [{ kind: 'request-body', body: REWRITTEN }] },
      { send: requestBody('', true), expect: [KEPT] },
    ],
    effects: ['mode-resolved', 'dispatched', 'routed'],
  },
  {
    name: 'STREAMED: trailers come after a body whose value has closed',
    steps: [
      { send: requestHeaders({ modes: modes('STREAMED') }), expect: [BY_HEADERS_REPLY] },
      { send: requestBody(BODY, false), expect: [{ kind: 'request-body', body: REWRITTEN }] },
      { send: requestTrailers, expect: [{ kind: 'request-trailers' }] },
    ],
  },
  {
    name: 'STREAMED: the target is chosen among what the endpoint of the headers serves',
    decide: (request) =>
      request.model === undefined
        ? forward({ ...NO_ROLE, route: 'headers', model: undefined, target: undefined })
        : forward({ endpoint: endpoint(request.subset?.[0] ?? 'none') }),
    steps: [
      { send: requestHeaders({ modes: modes('STREAMED') }), expect: [BY_HEADERS_REPLY] },
      { send: requestBody(BODY, true), expect: [{ kind: 'request-body', body: REWRITTEN }] },
    ],
  },
  {
    name: 'STREAMED: a model name lifted into a header picks pod and target before the body is seen',
    steps: [
      {
        send: requestHeaders({
          modes: modes('STREAMED'),
          headers: { 'x-gateway-model-name': 'lora-request' },
        }),
        expect: [FORWARDED],
      },
      { send: requestBody(BODY, true), expect: [{ kind: 'request-body', body: REWRITTEN }] },
    ],
    effects: ['mode-resolved', 'dispatched', 'routed'],
  },
];

/** Requests whose body is not read. */
const unread: readonly Case[] = [
  {
    name: 'NONE: an empty protocol_config means that no body is sent: headers are answered at once',
    steps: [{ send: requestHeaders({ modes: modes('NONE') }), expect: [BY_HEADERS_REPLY] }],
    effects: ['dispatched', 'routed'],
  },
  ...(['NONE', 'BUFFERED', 'BUFFERED_PARTIAL', 'STREAMED', 'FULL_DUPLEX_STREAMED'] as const).map(
    (mode: WireBodyMode): Case => ({
      name: `${mode}: a request without a body is routed by its headers`,
      steps: [{ send: requestHeaders({ modes: modes(mode), eos: true }), expect: [BY_HEADERS_REPLY] }],
    }),
  ),
  {
    name: 'BUFFERED: a gzip body is routed and kept',
    steps: [
      {
        send: requestHeaders({ modes: modes('BUFFERED'), headers: { 'content-encoding': 'gzip' } }),
        expect: [BY_HEADERS_REPLY],
      },
      { send: requestBody('\u001f\u008b', true), expect: [KEPT] },
    ],
    effects: ['mode-resolved', 'opaque', 'dispatched', 'routed'],
  },
  {
    name: 'FULL_DUPLEX_STREAMED: a multipart body is routed and echoed chunk by chunk, trailers too',
    steps: [
      {
        send: requestHeaders({ modes: FULL, headers: { 'content-type': 'multipart/form-data; boundary=x' } }),
        expect: [BY_HEADERS_REPLY],
      },
      { send: requestBody('--x', false), expect: [{ kind: 'request-body', chunk: '--x', eos: false }] },
      { send: requestBody('--x--', false), expect: [{ kind: 'request-body', chunk: '--x--', eos: false }] },
      { send: requestTrailers, expect: [{ kind: 'request-trailers' }] },
    ],
    effects: ['mode-resolved', 'opaque', 'dispatched', 'routed'],
  },
  {
    name: 'a header in `value` instead of `raw_value` is read',
    steps: [
      {
        send: {
          request_headers: {
            headers: { headers: [{ key: 'content-encoding', value: 'gzip' }] },
            end_of_stream: false,
          },
          protocol_config: modes('BUFFERED'),
        },
        expect: [BY_HEADERS_REPLY],
      },
    ],
    effects: ['mode-resolved', 'opaque', 'dispatched', 'routed'],
  },
];

/** How the mode is learnt where `protocol_config` is absent. */
const learning: readonly Case[] = [
  {
    name: 'call metadata names the body mode where the first message does not',
    metadata: { 'x-epp-body-mode': 'BUFFERED' },
    bodyMode: 'full-duplex',
    steps: [{ send: requestHeaders({}), expect: [{ kind: 'request-headers' }] }],
  },
  {
    name: 'protocol_config wins over call metadata',
    metadata: { 'x-epp-body-mode': 'BUFFERED' },
    steps: [{ send: requestHeaders({ modes: FULL }), expect: [] }],
  },
  {
    name: '--body-mode names the body mode where nothing else does',
    bodyMode: 'buffered',
    steps: [{ send: requestHeaders({}), expect: [{ kind: 'request-headers' }] }],
  },
  {
    name: 'a body before the header reply can only be full duplex',
    steps: [
      { send: requestHeaders({}), expect: [] },
      {
        send: requestBody(BODY, true),
        expect: [FORWARDED, { kind: 'request-body', chunk: REWRITTEN, eos: true }],
      },
    ],
  },
  {
    name: 'no body before the header reply: it is answered, and the body reply serves BUFFERED and STREAMED',
    steps: [
      { send: requestHeaders({ headers: { 'content-length': `${BODY.length}` } }), expect: [] },
      { expire: true, expect: [BY_HEADERS_REPLY] },
      {
        send: requestBody(BODY, true),
        expect: [
          {
            kind: 'request-body',
            set: { ...TO_POD, 'content-length': `${REWRITTEN.length}` },
            clearRouteCache: true,
            body: REWRITTEN,
            metadata: decided(),
          },
        ],
      },
    ],
  },
];

/** The destination that a client or a pool's fallbacks bring. */
const destinations: readonly Case[] = [
  ...(['NONE', 'FULL_DUPLEX_STREAMED'] as const).map(
    (mode: WireBodyMode): Case => ({
      name: `${mode}: a client's own destination header is removed before ours is set`,
      steps: [
        {
          send: requestHeaders({
            modes: modes(mode),
            eos: true,
            headers: { 'x-gateway-destination-endpoint': '169.254.169.254:80' },
          }),
          expect: [{ ...BY_HEADERS_REPLY, remove: ['x-gateway-destination-endpoint'] }],
        },
      ],
    }),
  ),
  {
    name: "BUFFERED: a client's own destination header is removed by the header reply already",
    steps: [
      {
        send: requestHeaders({
          modes: modes('BUFFERED'),
          headers: { 'x-gateway-destination-endpoint': '169.254.169.254:80' },
        }),
        expect: [{ kind: 'request-headers', remove: ['x-gateway-destination-endpoint'] }],
      },
    ],
  },
  {
    name: 'fallbacks follow the pick in header and metadata alike',
    decide: () => forward({ fallbacks: [endpoint('10.0.0.2:8000', 1), endpoint('[fd00::1]:8000', 2)] }),
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      {
        send: requestBody(BODY, true),
        expect: [
          {
            kind: 'request-headers',
            set: { 'x-gateway-destination-endpoint': '10.0.0.1:8000,10.0.0.2:8000,[fd00::1]:8000' },
            clearRouteCache: true,
            metadata: decided({}, '10.0.0.1:8000,10.0.0.2:8000,[fd00::1]:8000'),
          },
          { kind: 'request-body', chunk: REWRITTEN, eos: true },
        ],
      },
    ],
  },
];

const LOGGED = {
  ...decided().serin,
  started: STARTED_AT_MS,
};

/** What rides for a replica that learns of the request from the access log. */
const logged: readonly Case[] = [
  {
    name: 'for the access log the whole decision rides in both namespaces, with its start',
    forAccessLog: true,
    steps: [
      {
        send: requestHeaders({ modes: modes('NONE') }),
        expect: [
          {
            ...BY_HEADERS_REPLY,
            metadata: {
              'envoy.lb': {
                ...BY_HEADERS['envoy.lb'],
                serin: { ...BY_HEADERS.serin, started: STARTED_AT_MS },
              },
              serin: { ...BY_HEADERS.serin, started: STARTED_AT_MS },
            },
          },
        ],
      },
    ],
  },
  {
    name: "for the access log a session's key rides along",
    forAccessLog: true,
    decide: () => forward({ key: '0badcafe' }),
    steps: [
      { send: requestHeaders({ modes: FULL }), expect: [] },
      {
        send: requestBody(BODY, true),
        expect: [
          {
            ...FORWARDED,
            metadata: {
              'envoy.lb': { ...decided()['envoy.lb'], serin: { ...LOGGED, key: '0badcafe' } },
              serin: { ...LOGGED, key: '0badcafe' },
            },
          },
          { kind: 'request-body', chunk: REWRITTEN, eos: true },
        ],
      },
    ],
  },
];

export const requestCases: readonly Case[] = [
  ...logged,
  ...rewriting,
  ...unread,
  ...learning,
  ...destinations,
];
