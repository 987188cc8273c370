import { describe, expect, test } from 'vitest';
import type { EntryResult } from '../../src/accesslog/intake.ts';
import { createIntake } from '../../src/accesslog/intake.ts';
import type { LogEntry } from '../../src/accesslog/log-entry.ts';
import type { RequestRecord } from '../../src/core/request-record.ts';
import { DECISION, entry, START_MS, struct } from './entries.ts';

/** Takes one entry a second after it was written; names are not bounded. */
function take(parts: Partial<LogEntry> = {}, recording = true) {
  const records: RequestRecord[] = [];
  let elsewhere = 0;
  const intake = createIntake({
    recording,
    bound: {
      decision: (names, answered) => ({ ...names, modelLabel: '', targetLabel: answered ?? '' }),
      endpoint: (_, address) => address,
    },
    record: (record) => void records.push(record),
    servedElsewhere: () => {
      elsewhere += 1;
    },
    epochMs: () => START_MS + 1300,
  });
  const result: EntryResult = intake(entry(parts));
  return { result, record: records[0], elsewhere };
}

/** The metadata of an entry with some names of the decision changed. */
function decision(parts: { readonly [name: string]: string | number }) {
  return { metadata: { ...entry().metadata, serin: struct({ ...DECISION, ...parts }) } };
}

/** The metadata of an entry in which the proxy has read other usage. */
function usage(values: { readonly [name: string]: string | number }) {
  return { metadata: { ...entry().metadata, 'serin.response': struct(values) } };
}

describe('an entry with a decision of Serin', () => {
  test('becomes the record of its request, although this process did not decide', () => {
    expect(take()).toEqual({
      result: 'recorded',
      elsewhere: 0,
      record: {
        via: 'access-log',
        startedAtMs: START_MS,
        durationMs: 300,
        outcome: 'forwarded',
        reason: undefined,
        decided: {
          pool: 'llm/pool',
          route: 'weighted',
          model: 'lora-request',
          target: 'sql-lora',
          role: undefined,
          group: undefined,
          modelLabel: '',
          targetLabel: '',
          endpoint: '10.0.0.1:8000',
          key: '0badcafe',
        },
        status: 200,
        served: '10.0.0.1:8000',
        headersMs: 20,
        firstTokenMs: undefined,
        streamed: true,
        usage: { promptTokens: 3, completionTokens: 5 },
        noUsage: undefined,
        finishReason: undefined,
        requestBytes: 60,
        responseBytes: 900,
        end: 'complete',
      },
    });
  });

  test('is found in envoy.lb, where nothing else is let through, and its place in a release with it', () => {
    const inLb = { structValue: struct({ ...DECISION, role: 'canary', group: 'eu' }) };
    const { result, record } = take({ metadata: { 'envoy.lb': { fields: { serin: inLb } } } });
    expect([result, record?.decided?.role, record?.decided?.group]).toEqual(['recorded', 'canary', 'eu']);
  });

  test('tells that another endpoint has served than the one picked', () => {
    expect(take(decision({ endpoint: '10.0.0.2:8000' })).elsewhere).toBe(1);
    expect(take({ upstream: undefined })).toMatchObject({ elsewhere: 0, record: { served: undefined } });
  });

  test('tells how the response ended, also that none came', () => {
    expect(take({ cut: true }).record).toMatchObject({ status: 200, end: 'cut' });
    expect(take({ status: undefined, cut: true }).record).toMatchObject({ status: undefined, end: 'unseen' });
  });

  test('tells why there is no usage, where one was due', () => {
    const none = usage({});
    const reasons = [
      take(none),
      take({ ...none, contentEncoding: 'identity' }),
      take({ ...none, contentEncoding: 'gzip' }),
      take({ ...none, cut: true }),
      take({ ...none, status: 404 }),
    ].map(({ record }) => [record?.usage, record?.noUsage]);
    expect(reasons).toEqual([
      [undefined, 'absent'],
      [undefined, 'absent'],
      [undefined, 'opaque'],
      [undefined, 'cut'],
      [undefined, undefined],
    ]);
  });

  test('brings the model that the response names', () => {
    expect(take(usage({ model: 'sql-lora' })).record?.decided?.targetLabel).toBe('sql-lora');
  });

  test('counts no completion where a model makes none', () => {
    expect(take(usage({ prompt_tokens: 4 })).record?.usage).toEqual({ promptTokens: 4, completionTokens: 0 });
  });
});

describe('an entry that tells of no request', () => {
  test.each<[EntryResult, Partial<LogEntry>]>([
    ['partial', { final: false }],
    ['undecided', { metadata: {} }],
    ['undecided', { metadata: { 'envoy.lb': struct({ serin: 'text' }) } }],
    ['rejected', { details: 'serin_body_idle_timeout' }],
    ['broken', decision({ route: 'sideways' })],
    ['broken', decision({ pool: 7 })],
    ['broken', decision({ endpoint: 'x'.repeat(513) })],
  ])('is %s', (result, parts) => {
    expect(take(parts)).toEqual({ result, record: undefined, elsewhere: 0 });
  });

  test('is ignored while the streams tell', () => {
    expect(take({}, false)).toEqual({ result: 'ignored', record: undefined, elsewhere: 0 });
  });
});

describe('what an entry made up', () => {
  test('of times and figures is left out, so that no sum is spoilt', () => {
    const far = { headersMs: 1e15, durationMs: Number.NaN, lastByteMs: 250 };
    expect(take(far).record).toMatchObject({ headersMs: undefined, durationMs: 250 });
    expect(take({ durationMs: 1e15, lastByteMs: undefined }).record).toMatchObject({ durationMs: 0 });
    for (const count of [-1, 0.5, Number.NaN, 1e12]) {
      expect(take(usage({ prompt_tokens: count, completion_tokens: 1 })).record?.usage).toBe(undefined);
    }
    expect(take({ status: 99_999 }).record?.status).toBe(undefined);
    expect(take({ requestBytes: 2 ** 60, responseBytes: 2 ** 60 }).record).toMatchObject({
      requestBytes: undefined,
      responseBytes: undefined,
    });
  });

  test("of its start gives way to the proxy's, and that to what is left", () => {
    expect(take(decision({ started: 1e18 })).record?.startedAtMs).toBe(START_MS + 1);
    expect(take({ ...decision({ started: -1 }), startedAtMs: Number.NaN }).record?.startedAtMs).toBe(
      START_MS + 1000,
    );
  });

  test('of a long model name is cut, and of a key that is none dropped', () => {
    const { record } = take(decision({ model: 'm'.repeat(10_000), key: 'not a key' }));
    expect(record?.decided?.model).toHaveLength(256);
    expect(record?.decided).not.toHaveProperty('key');
  });
});
