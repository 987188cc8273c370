import { createMicro } from '../micro/micro.ts';
import { formatNumber } from '../report/format.ts';
import { markdownTable } from '../report/table.ts';
import { measurePages, type ScrapeRow } from './page.ts';

const HEAD = [
  'adapter series',
  'bytes',
  'read on µs',
  'longest piece µs',
  'search µs',
  'every series µs',
  '× every series',
];

/** Reading a pod's metrics, and fetching them. */
export const benchScrape = createMicro({ name: 'scrape', measure: measurePages, tables });

function tables(rows: readonly ScrapeRow[]): string {
  const clients = Object.keys(rows[0]?.scrapesUs ?? {});
  const reading = rows.map((row) => [
    `${row.series}`,
    `${row.bytes}`,
    ...[row.readUs, row.longestPieceUs, row.searchUs, row.floorUs, row.ratio].map(formatNumber),
  ]);
  const fetching = rows.map((row) => [
    `${row.series}`,
    ...clients.map((client) => formatNumber(row.scrapesUs[client] ?? Number.NaN)),
  ]);
  const heads = ['adapter series', ...clients.map((client) => `scrape by ${client} µs`)];
  return [markdownTable(HEAD, reading, 0), markdownTable(heads, fetching, 0)].join('\n\n');
}
