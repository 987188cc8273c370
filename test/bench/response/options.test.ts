import { expect, test } from 'vitest';
import { parseOptions, RESPONSE_USAGE } from '../../../bench/response/options.ts';

test('a run has 500 streams at once unless it is told otherwise', () => {
  expect(parseOptions([])).toEqual({
    kind: 'ok',
    options: {
      streams: 500,
      events: 80,
      intervalMs: 100,
      rounds: 3,
      out: '.cache/bench',
      readme: false,
    },
  });
  expect(parseOptions(['--quick', '--events', '5'])).toMatchObject({
    options: { streams: 50, events: 5, rounds: 1 },
  });
});

test.each([
  ['--streams', '0'],
  ['--rounds', 'many'],
  ['--what', '1'],
])('%s %s is told to be wrong', (flag, value) => {
  expect(parseOptions([flag, value])).toEqual({ kind: 'invalid', problem: expect.stringContaining(flag) });
});

test('the help names every option', () => {
  for (const name of ['quick', 'streams', 'events', 'interval-ms', 'rounds', 'out', 'readme']) {
    expect(RESPONSE_USAGE).toContain(`--${name}`);
  }
});
