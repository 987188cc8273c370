import { type Command, createCommand } from '../arguments.ts';
import { formatNumber } from '../report/format.ts';
import { drawPlot, type Panel } from '../report/plot.ts';
import { publish } from '../report/publish.ts';
import { markdownTable } from '../report/table.ts';
import { SERVERS } from '../servers/kinds.ts';
import { LOOKS } from '../servers/looks.ts';
import { type LatencyRow, measureLatencies } from './measure.ts';
import { LATENCY_USAGE, type LatencyOptions, parseLatencyOptions } from './options.ts';

const { error: say } = console;
const HEAD = [
  'load',
  'server',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'p99 × floor',
  'driver late, p99 ms',
  'requests',
  'failed',
];

/** Measures latency against load; resolves with the exit status. */
export const benchLatency: Command = createCommand(parseLatencyOptions, LATENCY_USAGE, runLatency);

async function runLatency(options: LatencyOptions, signal: AbortSignal): Promise<number> {
  const { rounds, windowMs } = options;
  const ended = new AbortController();
  try {
    const at = new Date();
    const rows = await measureLatencies(options, say, AbortSignal.any([signal, ended.signal]));
    const how = `${rounds} rounds of ${windowMs} ms`;
    const tables = markdownTable(HEAD, rows.map(cells), 2);
    const finding = { name: 'latency', at, how, options, rows: { rows }, tables, picture: draw(rows) };
    await publish(finding, options);
    const failed = rows.reduce((sum, row) => sum + row.failed, 0);
    if (failed > 0) say(`${failed} requests failed`);
    // A figure with failures behind it is no figure.
    return failed === 0 ? 0 : 1;
  } finally {
    ended.abort();
  }
}

function cells(row: LatencyRow): readonly string[] {
  return [
    `${Math.round(100 * row.load)} %`,
    SERVERS[row.server].label,
    `${row.perSecond}`,
    formatNumber(row.p50Ms),
    formatNumber(row.p99Ms),
    formatNumber(row.p99OfFloor),
    formatNumber(row.lateP99Ms),
    `${row.requests}`,
    `${row.failed}`,
  ];
}

function draw(rows: readonly LatencyRow[]): string {
  return drawPlot({
    title: 'Latency against load, 1 KiB, driven directly',
    xLabel: 'requests/s, log scale',
    yLabel: 'ms, log scale',
    formatX: (perSecond) => perSecond.toLocaleString('en'),
    roundX: true,
    panels: [panel('p50', 'p50Ms', rows), panel('p99', 'p99Ms', rows)],
  });
}

function panel(title: string, of: 'p50Ms' | 'p99Ms', rows: readonly LatencyRow[]): Panel {
  const servers = [...Map.groupBy(rows, ({ server }) => server)];
  return {
    title,
    series: servers.map(([server, some]) => ({
      label: SERVERS[server].label,
      look: LOOKS[server],
      points: some.map((row) => [row.perSecond, row[of]] as const),
    })),
  };
}
