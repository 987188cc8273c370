import { expect, test } from 'vitest';
import { markdownTable } from '../../../bench/report/table.ts';

test('columns are aligned, the first ones to the left', () => {
  const table = markdownTable(
    ['size', 'name', 'µs'],
    [
      ['1 KiB', 'a', '7.5'],
      ['16 KiB', 'longer', '120'],
    ],
    2,
  );
  expect(table.split('\n')).toEqual([
    '| size   | name   |  µs |',
    '| ------ | ------ | --: |',
    '| 1 KiB  | a      | 7.5 |',
    '| 16 KiB | longer | 120 |',
  ]);
});
