import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantileMs } from '../../../src/state/windows/histogram.ts';
import { STEP_MS, WINDOW_SECONDS } from '../../../src/state/windows/windows.ts';
import { createTestWindows, forwarded, rejected } from './recorded.ts';

function create(maxSeries = 10) {
  const clock = { ms: 1_234 };
  const windows = createTestWindows(() => clock.ms, { maxSeries });
  const minute = () => windows.read()[0];
  const names = () => minute()?.series.map(({ pool, model, target }) => [pool, model, target]);
  return { clock, windows, minute, names };
}

test('each window has what became of the requests for each target', () => {
  const { windows, minute } = create();
  const usage = { promptTokens: 7, completionTokens: 20 };
  windows.record(forwarded('new', { firstTokenMs: 40, usage }));
  windows.record(forwarded('new', { status: 404 }));
  windows.record(forwarded('new', { status: 503, durationMs: 3_000 }));
  windows.record(forwarded('new', { status: undefined }));
  windows.record(forwarded('old', { status: 301 }));
  windows.record(rejected('unknown_model'));
  windows.record(rejected('unknown_model'));
  windows.record(rejected('overloaded'));
  const found = minute();
  expect(
    found?.series.map(({ target, tally: { firstToken, duration, ...counts } }) => [target, counts]),
  ).toEqual([
    [
      'new',
      {
        ...{
          requests: 4,
          status1xx: 0,
          status2xx: 1,
          status3xx: 0,
          status4xx: 1,
          status5xx: 1,
          unanswered: 1,
        },
        ...{ withUsage: 1, promptTokens: 7, completionTokens: 20 },
      },
    ],
    [
      'old',
      {
        ...{
          requests: 1,
          status1xx: 0,
          status2xx: 0,
          status3xx: 1,
          status4xx: 0,
          status5xx: 0,
          unanswered: 0,
        },
        ...{ withUsage: 0, promptTokens: 0, completionTokens: 0 },
      },
    ],
  ]);
  expect(found?.rejections).toEqual({ overloaded: 1, unknown_model: 2 });
  const [tally] = found?.series.map((each) => each.tally) ?? [];
  const quantiles = [quantileMs(tally?.firstToken ?? [], 1), quantileMs(tally?.duration ?? [], 1)];
  expect(quantiles.map((ms = 0) => Math.round(ms))).toEqual([45, 3_444]);
});

test('a window slides exactly: it holds the steps that it reaches back to, and no other', () => {
  const gaps = fc.array(fc.nat(3 * STEP_MS), { minLength: 1, maxLength: 150 });
  fc.assert(
    fc.property(gaps, fc.nat(400_000), (all, rest) => {
      const clock = { ms: 77 };
      const windows = createTestWindows(() => clock.ms);
      const steps: number[] = [];
      for (const gap of all) {
        clock.ms += gap;
        windows.record(forwarded('a'));
        windows.record(rejected('overloaded'));
        steps.push(Math.floor((clock.ms - 77) / STEP_MS));
      }
      clock.ms += rest;
      const current = Math.floor((clock.ms - 77) / STEP_MS);
      for (const [index, seconds] of WINDOW_SECONDS.entries()) {
        const first = current - (seconds * 1_000) / STEP_MS + 1;
        const expected = steps.filter((step) => step >= first).length;
        const window = windows.read()[index];
        expect(window?.series[0]?.tally.requests ?? 0).toBe(expected);
        expect(window?.rejections.overloaded ?? 0).toBe(expected);
      }
    }),
  );
});

test('what a window covers grows with the process up to its length', () => {
  const { clock, windows } = create();
  const covered = () => windows.read().map(({ coveredSeconds }) => coveredSeconds);
  expect(covered()).toEqual([0, 0]);
  clock.ms += 12_000;
  expect(covered()).toEqual([12, 12]);
  clock.ms += 86_000;
  expect(covered()).toEqual([58, 98]);
  clock.ms += 1_000_000;
  expect(covered()).toEqual([58, 298]);
});

describe('names', () => {
  test('that clients choose freely have no series of their own', () => {
    const { windows, names } = create();
    for (const model of ['x', 'y']) {
      windows.record(
        forwarded('t', { decided: { pool: 'a/b', route: 'passthrough', model, target: model } }),
      );
    }
    expect(names()).toEqual([['a/b', undefined, undefined]]);
  });

  test('of endless length neither', () => {
    const { windows, names } = create();
    const model = 'x'.repeat(1 << 20);
    windows.record(forwarded('t', { decided: { pool: 'a/b', route: 'direct', model, target: model } }));
    expect(names()).toEqual([['a/b', undefined, undefined]]);
  });

  test('beyond the limit share the series of their pool, until others have been idle for the longest window', () => {
    const { clock, windows, names } = create(2);
    for (const target of ['a', 'b', 'c', 'd']) windows.record(forwarded(target));
    const rest = ['default/pool', undefined, undefined];
    expect(names()).toEqual([
      ['default/pool', 'lora-request', 'a'],
      ['default/pool', 'lora-request', 'b'],
      rest,
    ]);
    clock.ms += 300_000;
    windows.record(forwarded('c'));
    windows.record(forwarded('d'));
    windows.record(forwarded('e'));
    expect(names()).toEqual([
      ['default/pool', 'lora-request', 'c'],
      ['default/pool', 'lora-request', 'd'],
      rest,
    ]);
  });
});
