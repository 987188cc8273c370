import { expect, test } from 'vitest';
import type { ProfileRow } from '../../../bench/profile/measure.ts';
import { profileTables } from '../../../bench/profile/tables.ts';

const row: ProfileRow = {
  driver: 'direct',
  bodyBytes: 1024,
  requests: 100,
  samples: 10,
  cpuUsPerRequest: 30,
  mainUsPerRequest: 20,
  ofFloor: 0.5,
  parts: [{ part: 'deciding and picking', share: 0.25 }],
  functions: [{ name: 'pick', file: 'src/core/pick.ts', part: 'deciding and picking', share: 0.2 }],
};

/** A table's cells, line by line. */
function cells(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('| -'))
    .map((line) => line.replaceAll(/\s+/g, ' '));
}

test('a part has its share of the main thread, and a function too', () => {
  expect(cells(profileTables([row], []))).toEqual([
    '| part | share | µs/request |',
    '| deciding and picking | 25.0 % | 5.00 |',
    '| **main thread** | 100.0 % | 20.0 |',
    '| other threads | | 10.0 |',
    '| **the process** | | 30.0 = 0.50 × floor |',
    '| function | file | part | share | µs/request |',
    '| pick | src/core/pick.ts | deciding and picking | 20.0 % | 4.00 |',
  ]);
});

test('an earlier run stands beside it, and a part that it had not got is left out', () => {
  const earlier = { ...row, mainUsPerRequest: 40, cpuUsPerRequest: 50, ofFloor: 0.8, parts: [] };
  const other = { ...earlier, driver: 'envoy' as const };
  expect(cells(profileTables([row], [other, earlier])).slice(0, 5)).toEqual([
    '| part | share | µs/request | before |',
    '| deciding and picking | 25.0 % | 5.00 | – |',
    '| **main thread** | 100.0 % | 20.0 | 40.0 |',
    '| other threads | | 10.0 | 10.0 |',
    '| **the process** | | 30.0 = 0.50 × floor | 50.0 = 0.80 × floor |',
  ]);
});
