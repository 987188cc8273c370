import { expect, test } from 'vitest';
import type { RequestRecord } from '../../src/core/request-record.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createRequestLog } from '../../src/telemetry/request-log.ts';

const RECORD: RequestRecord = {
  via: 'stream',
  startedAtMs: 1000,
  durationMs: 250.06,
  outcome: 'forwarded',
  reason: undefined,
  decided: {
    pool: 'default/p',
    route: 'weighted',
    model: 'm',
    target: 't',
    role: 'canary',
    group: 'v2',
    modelLabel: 'm-label',
    targetLabel: 't-label',
    endpoint: '10.0.0.1:8000',
  },
  status: 200,
  served: '10.0.0.1:8000',
  headersMs: 20,
  firstTokenMs: 40,
  streamed: true,
  usage: { promptTokens: 5, completionTokens: 7 },
  noUsage: undefined,
  finishReason: 'stop',
  end: 'complete',
};

/** The lines that a record makes at a verbosity. */
function lines(verbosity: number): readonly unknown[] {
  const written: unknown[] = [];
  createRequestLog(createLog(verbosity, { write: (line) => void written.push(JSON.parse(line)) }))(RECORD);
  return written;
}

test('a request makes one line at -v=4', () => {
  expect(lines(4)).toEqual([
    {
      level: 20,
      time: expect.any(String),
      msg: 'request',
      via: 'stream',
      outcome: 'forwarded',
      pool: 'default/p',
      route: 'weighted',
      model: 'm',
      target: 't',
      role: 'canary',
      group: 'v2',
      endpoint: '10.0.0.1:8000',
      status: 200,
      durationMs: 250.1,
      served: '10.0.0.1:8000',
      headersMs: 20,
      firstTokenMs: 40,
      streamed: true,
      promptTokens: 5,
      completionTokens: 7,
      finishReason: 'stop',
      end: 'complete',
    },
  ]);
});

test('a request makes no line at -v=3', () => {
  expect(lines(3)).toEqual([]);
});
