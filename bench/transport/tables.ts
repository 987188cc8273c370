import { formatBytes, formatNumber } from '../report/format.ts';
import { markdownTable } from '../report/table.ts';
import { SERVERS } from '../servers/kinds.ts';
import type { MemoryRow } from './memory.ts';
import type { TransportResult } from './result.ts';
import type { LoadPart, Row } from './samples.ts';
import type { SoakRow } from './soak.ts';
import type { TargetRow } from './targets.ts';

/** What each part is, above its table. */
const TITLES: { readonly [part in LoadPart]: string } = {
  direct: 'Direct driver, closed loop: 16 requests in the air over 4 connections',
  rate: 'Direct driver, open loop: the same rate for all, half of what the slowest managed',
  envoy: 'Behind Envoy, full duplex: 16 clients with keep-alive, of',
};
const LOAD_PARTS = Object.keys(TITLES) as readonly LoadPart[];

/** The tables of a run as Markdown. */
export function tables(result: TransportResult): string {
  const parts = LOAD_PARTS.filter((part) => result.rows.some((row) => row.part === part));
  return [
    ...parts.map((part) =>
      loadTable(
        part === 'envoy' ? `${TITLES[part]} ${result.overHttp}` : TITLES[part],
        result.rows.filter((row) => row.part === part),
      ),
    ),
    ...(result.targets.length === 0 ? [] : [targetTable(result.targets)]),
    ...(result.memory.length === 0 ? [] : [memoryTable(result.memory)]),
    ...(result.soak.length === 0 ? [] : [soakTable(result.soak)]),
  ].join('\n\n');
}

function loadTable(title: string, rows: readonly Row[]): string {
  const head = [
    'body',
    'server',
    'CPU µs/request',
    '× floor',
    'p50 ms',
    'p99 ms',
    'requests/s',
    'requests',
    'failed',
  ];
  const cells = rows.map((row) => [
    formatBytes(row.bodyBytes),
    SERVERS[row.server].label,
    formatNumber(row.cpuUsPerRequest),
    row.ofFloor === null ? '–' : row.ofFloor.toFixed(2),
    formatNumber(row.p50Ms),
    formatNumber(row.p99Ms),
    row.requestsPerSecond.toFixed(0),
    `${row.requests}`,
    `${row.failed}`,
  ]);
  return `**${title}**\n\n${markdownTable(head, cells, 2)}`;
}

function targetTable(rows: readonly TargetRow[]): string {
  const head = ['body', 'CPU µs/request', '× floor', 'at most', 'holds'];
  const cells = rows.map((row) => [
    formatBytes(row.bodyBytes),
    formatNumber(row.cpuUsPerRequest),
    row.ofFloor.toFixed(3),
    row.atMost.toFixed(3),
    row.holds ? 'yes' : 'no',
  ]);
  return `**Targets: serin serve on our transport behind Envoy**\n\n${markdownTable(head, cells, 1)}`;
}

function memoryTable(rows: readonly MemoryRow[]): string {
  const [first] = rows;
  const title = `Memory for ${first?.bodies} bodies of ${formatBytes(first?.bodyBytes ?? 0)} at once`;
  const head = ['server', 'before', 'peak', 'growth', '× bodies', 'failed'];
  const cells = rows.map((row) => [
    SERVERS[row.server].label,
    formatBytes(row.beforeBytes),
    formatBytes(row.peakBytes),
    formatBytes(row.growthBytes),
    row.ofBodies.toFixed(2),
    `${row.failed}`,
  ]);
  return `**${title}**\n\n${markdownTable(head, cells, 1)}`;
}

function soakTable(rows: readonly SoakRow[]): string {
  const head = ['server', 'requests', 'failed', 'warm', 'end', 'growth', 'in use, warm', 'in use, end'];
  const cells = rows.map((row) => {
    const end = row.steps.at(-1)?.residentBytes ?? Number.NaN;
    return [
      SERVERS[row.server].label,
      `${row.requests}`,
      `${row.failed}`,
      formatBytes(end / (1 + row.growth)),
      formatBytes(end),
      `${(100 * row.growth).toFixed(1)} %`,
      row.warmLiveBytes === null ? '–' : formatBytes(row.warmLiveBytes),
      row.endLiveBytes === null ? '–' : formatBytes(row.endLiveBytes),
    ];
  });
  return `**Memory over many requests of 1 KiB: resident, and in use after a full collection**\n\n${markdownTable(head, cells, 1)}`;
}
