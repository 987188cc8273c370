import { describe, expect, test } from 'vitest';
import type { Forward } from '../../src/core/decision.ts';
import { modelName, targetName } from '../../src/core/names.ts';
import { reject } from '../../src/core/rejection.ts';
import type { RequestRecord } from '../../src/core/request-record.ts';
import { emptyHead } from '../../src/extproc/decode.ts';
import type { RequestHead } from '../../src/extproc/inbound.ts';
import type { Awaiting, Effect } from '../../src/extproc/outcome.ts';
import { observeRequest } from '../../src/server/request-observer.ts';
import { NO_RESPONSE } from '../core/no-response.ts';
import { POOL } from '../core/objects.ts';
import { endpoint } from '../core/pods.ts';

const FORWARD: Forward = {
  kind: 'forward',
  route: 'weighted',
  pool: POOL,
  model: modelName('lora-request'),
  target: targetName('a'),
  role: 'canary',
  group: 'v2',
  modelLabel: 'lora-request',
  targetLabel: 'a',
  endpoint: endpoint(0),
  fallbacks: [],
};

/** Feeds effects to an observer and notes what it tells, in order. */
function observe(effects: readonly Effect[], endedAt: Awaiting = 'nothing'): readonly unknown[] {
  const told: unknown[] = [];
  const note =
    (what: string) =>
    (...args: readonly unknown[]) =>
      void told.push([what, ...args]);
  const metrics = {
    streamOpened: note('opened'),
    streamClosed: note('closed'),
    streamReset: note('reset'),
    modeResolved: note('mode'),
    routed: (forward: Forward) => void told.push(['routed', forward.target]),
    released: (forward: Forward) => void told.push(['released', forward.target]),
    dispatched: note('pick'),
    rejected: note('rejected'),
    opaque: note('opaque'),
    servedElsewhere: note('served elsewhere'),
    protocolError: note('protocol error'),
  };
  const ledger = {
    dispatched: (
      slot: number,
      target: string | undefined,
      { bytes }: { readonly bytes: number | undefined },
    ) => {
      told.push(['sent', slot, target, bytes]);
      return slot;
    },
    settled: note('settled'),
  };
  // Each look at the clock finds it 50 ms further.
  let nowMs = 0;
  const observer = observeRequest({
    ledger,
    metrics,
    record: note('record'),
    watchers: [],
    epochMs: () => 1000,
    now: () => {
      nowMs += 50;
      return nowMs;
    },
  });
  for (const effect of effects) observer.effect(effect);
  observer.closed(endedAt);
  return told;
}

const DISPATCHED: Effect = { kind: 'dispatched', forward: FORWARD, bytes: 90 };
const ROUTED: Effect = { kind: 'routed', forward: FORWARD };
const ENDED: Effect = {
  kind: 'response-ended',
  end: 'complete',
  usage: { promptTokens: 5, completionTokens: 7 },
  noUsage: undefined,
  finishReason: 'stop',
};
const RECORD = {
  via: 'stream',
  startedAtMs: 1000,
  durationMs: 50,
  outcome: 'forwarded',
  reason: undefined,
  decided: {
    pool: POOL,
    route: 'weighted',
    model: 'lora-request',
    target: 'a',
    role: 'canary',
    group: 'v2',
    modelLabel: 'lora-request',
    targetLabel: 'a',
    endpoint: '10.0.0.1:8000',
  },
  ...NO_RESPONSE,
};

describe('a forwarded request', () => {
  test('is load from its dispatch to the end of its response', () => {
    const effects: readonly Effect[] = [
      { kind: 'mode-resolved', mode: 'buffered', source: 'order' },
      ROUTED,
      DISPATCHED,
      { kind: 'responded', status: 200, served: FORWARD.endpoint.address, streamed: true },
      { kind: 'first-token' },
      { kind: 'finished' },
      ENDED,
    ];
    expect(observe(effects)).toEqual([
      ['opened'],
      ['mode', 'buffered', 'order'],
      ['routed', 'a'],
      ['sent', 0, 'a', 90],
      ['pick', '10.0.0.1:8000'],
      ['settled', 0],
      ['closed'],
      ['released', 'a'],
      [
        'record',
        {
          ...RECORD,
          ...{ status: 200, served: FORWARD.endpoint.address, streamed: true },
          ...{ headersMs: 50, firstTokenMs: 100, durationMs: 150 },
          ...{ end: 'complete', usage: { promptTokens: 5, completionTokens: 7 }, finishReason: 'stop' },
        },
      ],
    ]);
  });

  test('stays load when only its stream has ended', () => {
    expect(observe([ROUTED, DISPATCHED])).toEqual([
      ['opened'],
      ['routed', 'a'],
      ['sent', 0, 'a', 90],
      ['pick', '10.0.0.1:8000'],
      ['closed'],
      ['released', 'a'],
      ['record', RECORD],
    ]);
  });

  test('that did not reach its endpoint is no load', () => {
    expect(observe([DISPATCHED, { kind: 'unreached' }])).toContainEqual(['settled', 0]);
  });

  test('that another endpoint served is counted', () => {
    const elsewhere: Effect = { kind: 'responded', status: 200, served: '10.0.0.2:8000', streamed: false };
    const unknown: Effect = { kind: 'responded', status: 200, served: undefined, streamed: false };
    expect(observe([DISPATCHED, elsewhere])).toContainEqual(['served elsewhere']);
    expect(observe([DISPATCHED, unknown])).not.toContainEqual(['served elsewhere']);
    expect(observe([elsewhere])).not.toContainEqual(['served elsewhere']);
  });
});

test('why there is no usage is told where one was due: a model was asked for, and answered well', () => {
  const ended: Effect = { ...ENDED, usage: undefined, noUsage: 'absent', finishReason: undefined };
  const told = (forward: Forward, status: number) =>
    observe([
      { kind: 'routed', forward },
      { kind: 'responded', status, served: undefined, streamed: false },
      ended,
    ]).at(-1);
  const record = (facts: object) => expect.objectContaining(facts);
  expect(told(FORWARD, 200)).toEqual(['record', record({ noUsage: 'absent' })]);
  expect(told(FORWARD, 500)).toEqual(['record', record({ noUsage: undefined, status: 500 })]);
  expect(told({ ...FORWARD, model: undefined }, 200)).toEqual(['record', record({ noUsage: undefined })]);
});

test('a rejected request is counted by its reason and recorded once', () => {
  const rejection = reject('no_endpoint', 'no pod is ready');
  expect(observe([{ kind: 'rejected', rejection }])).toEqual([
    ['opened'],
    ['rejected', 'no_endpoint'],
    ['closed'],
    ['record', { ...RECORD, outcome: 'rejected', reason: 'no_endpoint', decided: undefined }],
  ]);
});

test('an unread body and a message out of order are counted', () => {
  const effects: readonly Effect[] = [
    { kind: 'opaque', reason: 'content_encoding' },
    { kind: 'protocol-error', problem: 'a body before any headers' },
  ];
  expect(observe(effects)).toEqual([
    ['opened'],
    ['opaque', 'content_encoding'],
    ['protocol error'],
    ['closed'],
  ]);
});

test('a stream without a request is neither counted nor recorded as one', () => {
  expect(observe([])).toEqual([['opened'], ['closed']]);
});

test('a stream that its caller ended before the reply is a reset, by what it waited for', () => {
  expect(observe([], 'body')).toEqual([['opened'], ['closed'], ['reset', 'body']]);
  expect(observe([])).toEqual([['opened'], ['closed']]);
});

describe('a watcher', () => {
  const EXPLANATION = { model: undefined, pool: POOL, rule: undefined, roll: undefined, pick: undefined };
  const quiet = () => undefined;
  const METRICS = {
    ...{ streamOpened: quiet, streamClosed: quiet, streamReset: quiet, modeResolved: quiet, routed: quiet },
    ...{ dispatched: quiet, rejected: quiet, opaque: quiet, servedElsewhere: quiet, protocolError: quiet },
    released: quiet,
  };

  /** An observer with watchers, and what these were asked and told. */
  function watched(...explaining: readonly boolean[]) {
    const told: unknown[] = [];
    const watchers = explaining.map((explains, index) => ({
      watch: ({ path }: RequestHead, startedAtMs: number) => {
        told.push([index, path, startedAtMs]);
        const ended = ({ id, decided, explanation }: RequestRecord) =>
          void told.push([index, id, decided?.target, explanation]);
        return { explains, ended };
      },
    }));
    const observer = observeRequest({
      ledger: { dispatched: quiet, settled: quiet },
      metrics: METRICS,
      record: quiet,
      watchers: [...watchers, { watch: () => undefined }],
      epochMs: () => 1000,
      now: () => 0,
    });
    return { observer, told };
  }

  test('is asked once, at the headers, and told the record with the id and the explanation', () => {
    const { observer, told } = watched(false, true);
    observer.began({ ...emptyHead(), path: '/v1/completions', requestId: '8e5c0d7a-01' });
    observer.began({ ...emptyHead(), path: '/again', requestId: 'other' });
    expect(observer.explains()).toBe(true);
    observer.effect({ kind: 'routed', forward: { ...FORWARD, explanation: EXPLANATION } });
    observer.closed('nothing');
    expect(told).toEqual([
      [0, '/v1/completions', 1000],
      [1, '/v1/completions', 1000],
      [0, '8e5c0d7a-01', 'a', EXPLANATION],
      [1, '8e5c0d7a-01', 'a', EXPLANATION],
    ]);
  });

  test('is told no id that is none by its look: a client may have put anything there', () => {
    for (const requestId of ['Bearer secret', 'sk-secret', '', 'a'.repeat(65), undefined]) {
      const { observer, told } = watched(false);
      observer.began({ ...emptyHead(), requestId });
      observer.effect({ kind: 'routed', forward: FORWARD });
      observer.closed('nothing');
      expect(told[1]).toEqual([0, undefined, 'a', undefined]);
    }
  });

  test('that wants no explanation causes none', () => {
    const { observer } = watched(false);
    observer.began(emptyHead());
    expect(observer.explains()).toBe(false);
    expect(watched(true).observer.explains()).toBe(false);
  });

  test('is told of a rejection, and of a stream without headers', () => {
    const { observer, told } = watched(true);
    const rejection = { ...reject('no_traffic', 'no weight'), explanation: EXPLANATION };
    observer.effect({ kind: 'rejected', rejection });
    observer.closed('nothing');
    expect(told).toEqual([
      [0, '', 1000],
      [0, undefined, undefined, EXPLANATION],
    ]);
  });

  test('is told of a request that ended undecided, and why, if it wants to be', () => {
    const told: unknown[] = [];
    const abandoned = ({ id, decided }: RequestRecord, why: string) => void told.push([id, decided, why]);
    const watch = () => ({ explains: false, ended: quiet, abandoned });
    const watchers = [{ watch }, { watch: () => ({ explains: false, ended: quiet }) }];
    const deps = { ledger: { dispatched: quiet, settled: quiet }, metrics: METRICS, watchers };
    const clocks = { epochMs: () => 1000, now: () => 0 };
    const refuse = () => void told.push('record');
    for (const effects of [[], [{ kind: 'protocol-error', problem: 'x' }]] as const) {
      const observer = observeRequest({ ...deps, ...clocks, record: refuse });
      observer.began({ ...emptyHead(), requestId: '8e5c0d7a-01' });
      for (const effect of effects) observer.effect(effect);
      observer.closed('body');
    }
    expect(told).toEqual([
      ['8e5c0d7a-01', undefined, 'reset'],
      ['8e5c0d7a-01', undefined, 'protocol_error'],
    ]);
  });

  test('is told nothing of a stream without a request', () => {
    const { observer, told } = watched(true);
    observer.closed('nothing');
    expect(told).toEqual([]);
  });
});
