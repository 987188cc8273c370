import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { PROFILE_USAGE, parseProfileOptions } from '../../../bench/profile/options.ts';

const FULL = {
  drivers: ['direct', 'envoy'],
  sizes: [1024],
  rounds: 3,
  warmUpMs: 5000,
  windowMs: 2000,
  functions: 25,
  root: undefined,
  before: undefined,
  out: '.cache/bench',
  readme: false,
};

test('profiles this checkout with 1 KiB under both drivers unless it is told otherwise', () => {
  expect(parseProfileOptions([])).toEqual({ kind: 'ok', options: FULL });
  const args = ['--quick', '--drivers', 'envoy', '--sizes', '2K,1M', '--functions', '5', '--root', 'x'];
  expect(parseProfileOptions([...args, '--before', 'y', '--out', 'z', '--readme'])).toEqual({
    kind: 'ok',
    options: {
      ...FULL,
      drivers: ['envoy'],
      sizes: [2048, 1024 * 1024],
      rounds: 1,
      warmUpMs: 500,
      windowMs: 500,
      functions: 5,
      root: resolve('x'),
      before: 'y',
      out: 'z',
      readme: true,
    },
  });
});

test.each([
  ['--drivers', 'wrk'],
  ['--sizes', '0'],
  ['--functions', '0'],
  ['--what', '1'],
])('%s %s is told to be wrong', (flag, value) => {
  expect(parseProfileOptions([flag, value])).toEqual({
    kind: 'invalid',
    problem: expect.stringContaining(flag),
  });
});

test('the help names every option', () => {
  for (const name of ['quick', 'drivers', 'sizes', 'rounds', 'window-ms', 'functions', 'root', 'before']) {
    expect(PROFILE_USAGE).toContain(`--${name}`);
  }
});
