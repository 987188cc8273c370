import { createMicro } from '../micro/micro.ts';
import { formatNumber } from '../report/format.ts';
import { markdownTable } from '../report/table.ts';
import { measureSnapshots, type SnapshotRow } from './measure.ts';

const COUNTS = [10, 100, 1000, 10_000];
const HEAD = ['endpoints', 'snapshot µs', 'floor µs', '× floor'];

/** A snapshot made anew against a bare index of the same endpoints. */
export const benchSnapshot = createMicro({
  name: 'snapshot',
  measure: (effort) => measureSnapshots(COUNTS, effort),
  tables: (rows) => markdownTable(HEAD, rows.map(cells), 0),
});

function cells({ endpoints, us, floorUs, ratio }: SnapshotRow): readonly string[] {
  return [`${endpoints}`, formatNumber(us), formatNumber(floorUs), formatNumber(ratio)];
}
