import { targetName } from '../../src/core/names.ts';
import type { Case } from './case.ts';
import { BY_HEADERS, decided, forward, TO_POD } from './case.ts';
import { modes, requestBody, requestHeaders, responseHeaders } from './messages.ts';
import type { Summary } from './summary.ts';

const BODY = '{"model":"lora-request"}';

interface Told {
  readonly asked?: string;
  readonly target?: string;
  readonly expect: Summary;
}

/** A buffered request whose client asks how it is decided, and the reply to its response's headers. */
function row(name: string, { asked = 'true', target = 'sql-lora', expect }: Told): Case {
  const headers = { 'x-serin-debug': asked, 'content-length': `${BODY.length}` };
  const body = JSON.stringify({ model: target });
  return {
    name,
    debugHeader: true,
    decide: () => forward({ target: targetName(target) }),
    steps: [
      {
        send: requestHeaders({ modes: modes('BUFFERED'), headers }),
        expect: [{ kind: 'request-headers' }],
      },
      {
        send: requestBody(BODY, true),
        expect: [
          {
            kind: 'request-body',
            set: { ...TO_POD, 'content-length': `${Buffer.byteLength(body)}` },
            clearRouteCache: true,
            body,
            metadata: decided({ target }),
          },
        ],
      },
      { send: responseHeaders(200), expect: [{ kind: 'response-headers', ...expect }] },
    ],
  };
}

const TOLD = {
  set: {
    'x-serin-target': 'sql-lora',
    'x-serin-endpoint': '10.0.0.1:8000',
    'x-serin-reason': 'by weight',
  },
};

/** What a client is told that asks how its request was decided. */
export const debugCases: readonly Case[] = [
  row('x-serin-debug: true is answered with target, endpoint and reason', { expect: TOLD }),
  { ...row('x-serin-debug does nothing unless the flag allows it', { expect: {} }), debugHeader: false },
  row('x-serin-debug does nothing with any other value', { asked: '1', expect: {} }),
  row('what no header may hold is percent-encoded in x-serin-target', {
    target: 'sql\r\nx: é😀',
    expect: { set: { ...TOLD.set, 'x-serin-target': 'sql%0d%0ax: %c3%a9%f0%9f%98%80' } },
  }),
  {
    name: 'x-serin-debug: a request without a target is told its endpoint and reason',
    debugHeader: true,
    steps: [
      {
        send: requestHeaders({
          modes: modes('BUFFERED'),
          headers: { 'x-serin-debug': 'true' },
          eos: true,
        }),
        expect: [{ kind: 'request-headers', set: TO_POD, clearRouteCache: true, metadata: BY_HEADERS }],
      },
      {
        send: responseHeaders(200),
        expect: [
          {
            kind: 'response-headers',
            set: { 'x-serin-endpoint': '10.0.0.1:8000', 'x-serin-reason': 'no model was read' },
          },
        ],
      },
    ],
  },
  {
    name: 'x-serin-debug: the target of a streamed body is told, not that of the headers before it',
    debugHeader: true,
    steps: [
      {
        send: requestHeaders({ modes: modes('STREAMED'), headers: { 'x-serin-debug': 'true' } }),
        expect: [{ kind: 'request-headers', set: TO_POD, clearRouteCache: true, metadata: BY_HEADERS }],
      },
      {
        send: requestBody(BODY, true),
        expect: [{ kind: 'request-body', body: '{"model":"sql-lora"}' }],
      },
      { send: responseHeaders(200), expect: [{ kind: 'response-headers', ...TOLD }] },
    ],
  },
];
