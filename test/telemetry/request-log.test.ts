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
  const log = createLog(verbosity, { write: (line) => void written.push(JSON.parse(line)) });
  createRequestLog(log, () => true)(RECORD);
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

/** The lines of several records, each written if there is room for it. */
function linesOf(records: readonly RequestRecord[], room: readonly boolean[] = []) {
  const written: { readonly [field: string]: unknown }[] = [];
  const log = createLog(10, { write: (line) => void written.push(JSON.parse(line)) });
  const left = [...room];
  const write = createRequestLog(log, () => left.shift() ?? true);
  for (const record of records) write(record);
  return written;
}

test('above the rate requests are left out, and the next line counts them', () => {
  const room = [true, false, false, true, true];
  const written = linesOf([RECORD, RECORD, RECORD, RECORD, RECORD], room);
  expect(written.map(({ leftOut }) => leftOut)).toEqual([undefined, 2, undefined]);
});

test('a name that a client made up fills no disk', () => {
  const model = 'x'.repeat(1 << 20);
  const decided = RECORD.decided && { ...RECORD.decided, model, target: model };
  const cut = `${'x'.repeat(200)}…`;
  expect(linesOf([{ ...RECORD, decided }])).toMatchObject([{ model: cut, target: cut }]);
});

test('a rejection tells what was asked for', () => {
  const asked = { pool: 'default/pool', model: 'nobody' };
  const refused = {
    ...RECORD,
    outcome: 'rejected',
    reason: 'unknown_model',
    decided: undefined,
    asked,
  } as const;
  expect(linesOf([refused])).toMatchObject([{ reason: 'unknown_model', ...asked }]);
});

test('a fault of Serin’s own has its line elsewhere, and an explanation has none', () => {
  expect(linesOf([{ ...RECORD, outcome: 'rejected', reason: 'internal' }])).toEqual([]);
  const explanation = {
    ...{ model: 'm', pool: 'p', rule: undefined, roll: undefined, pick: undefined },
  };
  expect(linesOf([{ ...RECORD, explanation }])[0]).not.toHaveProperty('explanation');
});
