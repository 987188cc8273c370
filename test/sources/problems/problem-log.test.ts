import { expect, test } from 'vitest';
import type { Problem } from '../../../src/sources/problems/problem.ts';
import { createProblemLog } from '../../../src/sources/problems/problem-log.ts';

function problem(message: string, line = 1): Problem {
  return { place: { source: 'a.yaml', line, column: 1 }, object: 'one', field: 'spec', message };
}

function listen() {
  const told: string[] = [];
  const log = createProblemLog({
    problem: ({ message }) => told.push(`problem ${message}`),
    recovered: ({ message }) => told.push(`recovered ${message}`),
  });
  return { log, told };
}

test('tells a standing problem once, even if it moves to another line', () => {
  const { log, told } = listen();
  log.update([problem('wrong')]);
  log.update([problem('wrong', 7)]);
  expect(told).toEqual(['problem wrong']);
  expect(log.hasNew([problem('wrong', 8)])).toBe(false);
  expect(log.hasNew([problem('worse')])).toBe(true);
});

test('tells when a problem is gone, and tells it again when it comes back', () => {
  const { log, told } = listen();
  log.update([problem('wrong'), problem('worse')]);
  log.update([problem('worse')]);
  log.update([problem('wrong'), problem('worse')]);
  expect(told).toEqual(['problem wrong', 'problem worse', 'recovered wrong', 'problem wrong']);
});
