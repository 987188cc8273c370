import { createMicro } from '../micro/micro.ts';
import { formatNumber } from '../report/format.ts';
import { markdownTable } from '../report/table.ts';
import { measureRecords, type RecordsRow } from './measure.ts';

const HEAD = ['a request is told of', 'µs', 'bytes allocated'];

/** What is told of a request, apart from all else. */
export const benchRecords = createMicro({
  name: 'records',
  measure: measureRecords,
  tables: (rows) => markdownTable(HEAD, rows.map(cells), 1),
});

function cells({ told, us, bytes }: RecordsRow): readonly string[] {
  return [told, formatNumber(us), formatNumber(bytes)];
}
