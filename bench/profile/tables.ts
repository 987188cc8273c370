import { formatBytes, formatNumber } from '../report/format.ts';
import { markdownTable } from '../report/table.ts';
import type { ProfileRow } from './measure.ts';
import type { Driver } from './options.ts';

const TITLES: { readonly [driver in Driver]: string } = {
  direct: 'driven directly',
  envoy: 'behind Envoy',
};

/** What the tables read of an earlier run. */
export type EarlierRow = Pick<
  ProfileRow,
  'driver' | 'bodyBytes' | 'cpuUsPerRequest' | 'mainUsPerRequest' | 'ofFloor'
> & {
  readonly parts: readonly { readonly part: string; readonly share: number }[];
};

/** The tables of a run, beside those of an earlier one, as Markdown. */
export function profileTables(rows: readonly ProfileRow[], earlier: readonly EarlierRow[]): string {
  return rows
    .map((row) => {
      const same = (each: EarlierRow) => each.driver === row.driver && each.bodyBytes === row.bodyBytes;
      return tablesOf(row, earlier.find(same));
    })
    .join('\n\n');
}

function tablesOf(row: ProfileRow, before: EarlierRow | undefined): string {
  const title = `**1 request of ${formatBytes(row.bodyBytes)}, ${TITLES[row.driver]}**`;
  return [title, partTable(row, before), functionTable(row)].join('\n\n');
}

function partTable(row: ProfileRow, before: EarlierRow | undefined): string {
  const { parts, mainUsPerRequest, cpuUsPerRequest, ofFloor } = row;
  const beforeShare = new Map(before?.parts.map(({ part, share }) => [part, share]));
  const mainBefore = before?.mainUsPerRequest ?? Number.NaN;
  const cells = parts.map(({ part, share }) => [
    part,
    percent(share),
    formatNumber(share * mainUsPerRequest),
    formatNumber((beforeShare.get(part) ?? Number.NaN) * mainBefore),
  ]);
  const sums = [
    ['**main thread**', percent(1), formatNumber(mainUsPerRequest), formatNumber(mainBefore)],
    [
      'other threads',
      '',
      formatNumber(cpuUsPerRequest - mainUsPerRequest),
      formatNumber((before?.cpuUsPerRequest ?? Number.NaN) - mainBefore),
    ],
    [
      '**the process**',
      '',
      `${formatNumber(cpuUsPerRequest)} = ${ofFloor.toFixed(2)} × floor`,
      before === undefined
        ? ''
        : `${formatNumber(before.cpuUsPerRequest)} = ${before.ofFloor.toFixed(2)} × floor`,
    ],
  ];
  const head = ['part', 'share', 'µs/request', 'before'];
  const width = before === undefined ? 3 : 4;
  return markdownTable(
    head.slice(0, width),
    [...cells, ...sums].map((line) => line.slice(0, width)),
    1,
  );
}

function functionTable({ functions, mainUsPerRequest }: ProfileRow): string {
  const cells = functions.map(({ name, file, part, share }) => [
    name,
    file,
    part,
    percent(share),
    formatNumber(share * mainUsPerRequest),
  ]);
  return markdownTable(['function', 'file', 'part', 'share', 'µs/request'], cells, 3);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
