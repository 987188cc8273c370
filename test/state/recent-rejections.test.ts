import { expect, test } from 'vitest';
import type { RequestRecord } from '../../src/core/request-record.ts';
import { createRecentRejections } from '../../src/state/recent-rejections.ts';
import { NO_RESPONSE } from '../core/no-response.ts';

const refused = (startedAtMs: number): RequestRecord => ({
  ...{ via: 'stream', startedAtMs, durationMs: 1, outcome: 'rejected', reason: 'overloaded' },
  ...{ ...NO_RESPONSE, decided: undefined },
});

test('the last ones are kept, the latest first, and forwarded requests are none', () => {
  const recent = createRecentRejections(3);
  recent.record({ ...refused(0), outcome: 'forwarded', reason: undefined });
  expect(recent.all()).toEqual([]);
  const times = () => recent.all().map(({ atMs }) => atMs);
  for (const [count, expected] of [
    [2, 1],
    [3, 2, 1],
    [4, 3, 2],
    [5, 4, 3],
    [6, 5, 4],
  ].entries()) {
    if (count === 0) recent.record(refused(0));
    recent.record(refused(count + 1));
    expect(times()).toEqual(expected);
  }
});

test('a name that a client made up is kept as far as names go', () => {
  const recent = createRecentRejections(3);
  const decided = {
    pool: 'a/b',
    route: 'weighted',
    model: 'x'.repeat(1_000),
    ...{ role: undefined, group: undefined, modelLabel: '', targetLabel: '' },
    target: undefined,
    endpoint: 'e',
  } as const;
  recent.record({ ...refused(1), decided });
  expect(recent.all()).toEqual([
    { atMs: 2, reason: 'overloaded', pool: 'a/b', model: `${'x'.repeat(200)}…` },
  ]);
});

test('one that was refused while it was decided has the pool and the model that it asked for', () => {
  const recent = createRecentRejections(3);
  const asked = { pool: 'a/b', model: 'nobody' };
  recent.record({ ...refused(1), reason: 'unknown_model', asked });
  recent.record(refused(2));
  expect(recent.all()).toEqual([
    { atMs: 3, reason: 'overloaded', pool: undefined, model: undefined },
    { atMs: 2, reason: 'unknown_model', pool: 'a/b', model: 'nobody' },
  ]);
});
