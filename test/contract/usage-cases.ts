import type { WireBodyMode } from '../../src/extproc/wire.ts';
import type { Case, Step } from './case.ts';
import { decided, NO_ROLE, TO_POD } from './case.ts';
import {
  modes,
  requestBody,
  requestHeaders,
  responseBody,
  responseHeaders,
  responseTrailers,
} from './messages.ts';
import type { Summary } from './summary.ts';

const ASKED = '"stream_options":{"include_usage":true}';

/** The rest of a request's body after its model, and what becomes of it. */
const BODIES: readonly (readonly [string, string, string])[] = [
  ['has no options', '"stream":true,"n":1', `"stream":true,${ASKED},"n":1`],
  ['has null for options', '"stream":true,"stream_options":null', `"stream":true,${ASKED}`],
  [
    'has no option',
    '"stream":true,"stream_options":{ }',
    '"stream":true,"stream_options":{"include_usage":true }',
  ],
  [
    'has other options',
    '"stream_options":{"a":{"include_usage":1}},"stream":true',
    '"stream_options":{"include_usage":true,"a":{"include_usage":1}},"stream":true',
  ],
  [
    'wants no usage',
    '"stream":true,"stream_options":{"include_usage": false}',
    `"stream":true,"stream_options":{"include_usage": true}`,
  ],
  ['says null', '"stream":true,"stream_options":{"include_usage":null}', `"stream":true,${ASKED}`],
];

/** What stays as it is. */
const LEFT: readonly (readonly [string, string])[] = [
  ['asks for it', `"stream":true,${ASKED}`],
  ['does not stream', '"stream":false'],
  ['does not say that it streams', '"n":1'],
  ['says twice whether it streams', '"stream":false,"stream":true'],
  ['has options that are none', '"stream":true,"stream_options":[]'],
  ['has a word for a truth', '"stream":true,"stream_options":{"include_usage":"no"}'],
  ['would get it with each event', '"stream":true,"stream_options":{"continuous_usage_stats":true}'],
];

const bodyOf = (model: string, rest: string) => `{"model":"${model}",${rest}}`;

function asked(
  [before, after]: readonly [string, string],
  {
    response = 'FULL_DUPLEX_STREAMED',
    path = '/v1/chat/completions',
  }: { response?: WireBodyMode; path?: string } = {},
): readonly Step[] {
  const body = bodyOf('lora-request', before);
  const changed = bodyOf('sql-lora', after);
  const length = { 'content-length': `${changed.length}` };
  return [
    {
      send: requestHeaders({
        modes: modes('FULL_DUPLEX_STREAMED', response),
        headers: { ':path': path, 'content-length': `${body.length}` },
      }),
      expect: [],
    },
    {
      send: requestBody(body, true),
      expect: [
        {
          kind: 'request-headers',
          set: { ...TO_POD, ...length },
          clearRouteCache: true,
          metadata: decided(),
        },
        { kind: 'request-body', chunk: changed, eos: true },
      ],
    },
  ];
}

/** The same with the body in two messages; nothing is answered before the second. */
function inTwo(steps: readonly Step[]): readonly Step[] {
  return steps.flatMap((step): readonly Step[] => {
    const body = 'send' in step ? step.send.request_body?.body : undefined;
    if (body === undefined) return [step];
    return [
      { send: requestBody(body.subarray(0, 60), false), expect: [] },
      { send: requestBody(body.subarray(60), true), expect: step.expect },
    ];
  });
}

const requests: readonly Case[] = [
  ...BODIES.map(
    ([what, before, after]): Case => ({
      name: `--inject-include-usage: a stream that ${what} asks for its usage, and has its new length`,
      injectIncludeUsage: true,
      steps: asked([before, after]),
    }),
  ),
  ...LEFT.map(
    ([what, body]): Case => ({
      name: `--inject-include-usage: a request that ${what} stays as it is`,
      injectIncludeUsage: true,
      steps: asked([body, body]),
    }),
  ),
  {
    name: '--inject-include-usage: a body is not sent on before its end is known, whatever comes first in it',
    injectIncludeUsage: true,
    steps: inTwo(asked(['"stream_options":{"include_usage":false},"stream":true', `${ASKED},"stream":true`])),
  },
  {
    name: '--inject-include-usage: a path that is no completion stays as it is',
    injectIncludeUsage: true,
    steps: asked(['"stream":true', '"stream":true'], { path: '/v1/responses' }),
  },
  {
    name: '--inject-include-usage: where no response body is sent, nothing is asked for',
    injectIncludeUsage: true,
    steps: asked(['"stream":true', '"stream":true'], { response: 'NONE' }),
  },
  {
    name: 'without --inject-include-usage a stream stays as it is',
    steps: asked(['"stream":true', '"stream":true']),
  },
  {
    name: '--inject-include-usage: a direct request is rewritten for that alone, BUFFERED',
    injectIncludeUsage: true,
    steps: [
      {
        send: requestHeaders({ modes: modes('BUFFERED', 'BUFFERED'), headers: { 'content-length': '34' } }),
        expect: [{ kind: 'request-headers' }],
      },
      {
        send: requestBody(bodyOf('sql-lora', '"stream":true'), true),
        expect: [
          {
            kind: 'request-body',
            set: { ...TO_POD, 'content-length': `${34 + 1 + ASKED.length}` },
            clearRouteCache: true,
            metadata: decided({ ...NO_ROLE, route: 'direct', model: 'sql-lora' }),
            body: bodyOf('sql-lora', `"stream":true,${ASKED}`),
          },
        ],
      },
    ],
  },
];

const CONTENT = 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n';
const USAGE = 'data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":7}}\n\n';
const DONE = 'data: [DONE]\n\n';
const STREAM_HEADERS: Step = {
  send: responseHeaders(200, false, undefined, { 'content-type': 'text/event-stream' }),
  expect: [{ kind: 'response-headers' }],
};
const TOLD = {
  end: 'complete',
  usage: { promptTokens: 5, completionTokens: 7 },
  noUsage: undefined,
  finishReason: undefined,
} as const;

/** A response in pieces, and the reply to each. */
function response(
  mode: WireBodyMode,
  pieces: readonly (readonly [string, Summary | undefined])[],
): Case['steps'] {
  return [
    ...asked(['"stream":true', `"stream":true,${ASKED}`], { response: mode }),
    STREAM_HEADERS,
    ...pieces.map(([body, reply], at) => ({
      send: responseBody(body, at === pieces.length - 1),
      expect: reply === undefined ? [] : [{ kind: 'response-body', ...reply }],
    })),
  ];
}

const chunk = (text: string, eos = false) => ({ chunk: text, eos });

const responses: readonly Case[] = [
  {
    name: 'FULL_DUPLEX_STREAMED: a usage event that the client did not ask for is taken out, however it is cut',
    injectIncludeUsage: true,
    steps: response('FULL_DUPLEX_STREAMED', [
      [CONTENT, chunk(CONTENT)],
      [CONTENT + USAGE.slice(0, 20), chunk(CONTENT)],
      [USAGE.slice(20, 40), undefined],
      [USAGE.slice(40) + DONE.slice(0, 5), undefined],
      [DONE.slice(5), chunk(DONE)],
      ['', chunk('', true)],
    ]),
    answer: TOLD,
  },
  {
    name: 'STREAMED: each message has its reply, and one with nothing to pass on is cleared',
    injectIncludeUsage: true,
    steps: response('STREAMED', [
      [CONTENT, {}],
      [USAGE, { clear: true }],
      [DONE.slice(0, 5), { clear: true }],
      [DONE.slice(5), { body: DONE }],
      ['', {}],
    ]),
    answer: TOLD,
  },
  {
    name: 'BUFFERED: the whole stream goes on without it, what is unfinished included',
    injectIncludeUsage: true,
    steps: response('BUFFERED', [[`${CONTENT}${USAGE}data: un`, { body: `${CONTENT}data: un` }]]),
    answer: TOLD,
  },
  {
    name: 'FULL_DUPLEX_STREAMED: an unfinished event goes on with the end, or before trailers',
    injectIncludeUsage: true,
    steps: [
      ...response('FULL_DUPLEX_STREAMED', []),
      { send: responseBody('data: un', false), expect: [] },
      {
        send: responseTrailers,
        expect: [{ kind: 'response-body', ...chunk('data: un') }, { kind: 'response-trailers' }],
      },
    ],
  },
  {
    name: 'a client that asks for its usage gets it',
    injectIncludeUsage: true,
    steps: [
      ...asked([`"stream":true,${ASKED}`, `"stream":true,${ASKED}`]),
      STREAM_HEADERS,
      { send: responseBody(USAGE, true), expect: [{ kind: 'response-body', ...chunk(USAGE, true) }] },
    ],
    answer: TOLD,
  },
];

export const usageCases: readonly Case[] = [...requests, ...responses];
