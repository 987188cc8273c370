import { expect, test } from 'vitest';
import { createLog } from '../../src/telemetry/log.ts';

function linesAt(verbosity: number): readonly { readonly [field: string]: unknown }[] {
  const lines: string[] = [];
  const log = createLog(verbosity, { write: (line) => void lines.push(line) });
  log.error({ err: new Error('x') }, 'error');
  log.warn('warn');
  log.info({ endpoint: 'a:1' }, 'info');
  log.debug('debug');
  log.trace('trace');
  return lines.map((line) => JSON.parse(line));
}

test.each([
  [0, ['error']],
  [1, ['error', 'warn']],
  [2, ['error', 'warn', 'info']],
  [3, ['error', 'warn', 'info']],
  [4, ['error', 'warn', 'info', 'debug']],
  [5, ['error', 'warn', 'info', 'debug', 'trace']],
  [10, ['error', 'warn', 'info', 'debug', 'trace']],
])('-v %i shows %j', (verbosity, shown) => {
  expect(linesAt(verbosity).map(({ msg }) => msg)).toEqual(shown);
});

test('a line is one JSON object with level, time and fields', () => {
  expect(linesAt(2)[2]).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    endpoint: 'a:1',
    msg: 'info',
  });
});

test('of an error nothing is written but its name, its message and where it was', () => {
  const lines: string[] = [];
  const log = createLog(2, { write: (line) => void lines.push(line) });
  const config = { headers: { authorization: 'Bearer secret' } };
  log.error({ err: Object.assign(new TypeError('x', { cause: new Error('secret') }), { config }) }, 'fault');
  log.error({ err: config }, 'fault');
  expect(lines.map((line) => JSON.parse(line).err)).toEqual([
    { type: 'TypeError', message: 'x', stack: expect.stringContaining('log.test') },
    { type: 'object' },
  ]);
  expect(lines.join('')).not.toContain('secret');
});
