import { describe, expect, it } from 'vitest';
import { createDecisionMetadata } from '../../src/extproc/decision-metadata.ts';
import type { Effect } from '../../src/extproc/outcome.ts';
import type { WireResponse } from '../../src/extproc/wire.ts';
import type { StreamDeps } from '../../src/server/stream.ts';
import { createExtProcService } from '../../src/server/stream.ts';
import { createBufferBudget } from '../../src/state/buffer-budget.ts';
import { forward } from '../contract/case.ts';
import { createManualWheel } from '../contract/manual-wheel.ts';
import { modes, requestHeaders } from '../contract/messages.ts';
import { summarize } from '../contract/summary.ts';

const REQUEST = requestHeaders({ modes: modes('NONE'), eos: true });

function start(decide: StreamDeps['decide'], maxStreams = 10) {
  const faults: unknown[] = [];
  const effects: Effect['kind'][] = [];
  const ends: unknown[] = [];
  const begun: string[] = [];
  const service = createExtProcService({
    decide,
    describe: createDecisionMetadata({ forAccessLog: false }),
    limits: { maxBodyBytes: 100, budget: createBufferBudget(100) },
    cutThrough: true,
    injectIncludeUsage: false,
    maxStreams,
    bodyMode: undefined,
    responseBodyMode: undefined,
    timeouts: { modeMs: 1, bodyIdleMs: 1, decisionMs: 1 },
    wheel: createManualWheel(),
    debugHeader: false,
    observe: () => ({
      startedAtMs: 0,
      began: ({ path }) => void begun.push(path),
      explains: () => begun.length > 1,
      effect: ({ kind }) => void effects.push(kind),
      closed: (at) => void ends.push(at),
    }),
    onFault: (error) => void faults.push(error),
  });
  function open() {
    const sent: WireResponse[] = [];
    const handlers = service({
      send: (message) => void sent.push(message),
      end: () => undefined,
      metadata: (key) => (key === 'x-serin-pool' ? 'llm/pool' : undefined),
      authority: 'serin.llm:9002',
    });
    return { handlers, replies: () => sent.map((reply) => summarize(reply)) };
  }
  return { open, faults, effects, ends, begun };
}

describe('createExtProcService', () => {
  it('tells at its end what a stream still waited for', () => {
    const { open, ends } = start(() => forward());
    const answered = open();
    answered.handlers.onMessage(REQUEST);
    answered.handlers.onClose();
    const early = open();
    early.handlers.onMessage(requestHeaders({ modes: modes('FULL_DUPLEX_STREAMED') }));
    early.handlers.onClose();
    expect(ends).toEqual(['nothing', 'body']);
  });

  it('decides with what the stream itself tells of its pool', () => {
    const origins: unknown[] = [];
    const { open } = start((_, { origin }) => {
      origins.push(origin);
      return forward();
    });
    open().handlers.onMessage(REQUEST);
    expect(origins).toEqual([{ pool: 'llm/pool', authority: 'serin.llm:9002' }]);
  });

  it('tells its observer of the headers first, who then says how the request is to be decided', () => {
    const depths: string[] = [];
    const { open, begun } = start((_, { depth }) => {
      depths.push(depth);
      return forward();
    });
    open().handlers.onMessage(REQUEST);
    open().handlers.onMessage(REQUEST);
    expect([begun, depths]).toEqual([
      ['/v1/completions', '/v1/completions'],
      ['plain', 'explained'],
    ]);
  });

  it('answers a fault of its own with 500 that tells nothing, and goes on with the next stream', () => {
    const fault = new Error('secret');
    let broken = true;
    const { open, faults, effects } = start(() => {
      if (broken) throw fault;
      return forward();
    });
    const first = open();
    first.handlers.onMessage(REQUEST);
    expect(first.replies()).toEqual([
      expect.objectContaining({
        status: 500,
        error: { message: 'internal error', type: 'internal_error', param: null, code: 'internal' },
      }),
    ]);
    expect([faults, effects]).toEqual([[fault], ['rejected']]);
    broken = false;
    const second = open();
    second.handlers.onMessage(REQUEST);
    expect(second.replies()).toEqual([expect.objectContaining({ kind: 'request-headers' })]);
  });

  it('gives a place back when a stream closes, and not before', () => {
    const { open } = start(() => forward(), 1);
    const first = open();
    const refused = open();
    refused.handlers.onMessage(REQUEST);
    expect(refused.replies()).toEqual([expect.objectContaining({ status: 429 })]);
    refused.handlers.onClose();
    first.handlers.onClose();
    const next = open();
    next.handlers.onMessage(REQUEST);
    expect(next.replies()).toEqual([expect.objectContaining({ kind: 'request-headers' })]);
  });
});
