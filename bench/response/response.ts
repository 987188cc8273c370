import { type Command, createCommand } from '../arguments.ts';
import { formatNumber } from '../report/format.ts';
import { publish } from '../report/publish.ts';
import { markdownTable } from '../report/table.ts';
import type { WayRow } from './measure.ts';
import { measureWays } from './measure.ts';
import { parseOptions, RESPONSE_USAGE, type ResponseOptions } from './options.ts';
import { WAYS } from './ways.ts';

const { error: say } = console;

/** Measures the ways to learn what became of a request; resolves with the exit status. */
export const benchResponse: Command = createCommand(parseOptions, RESPONSE_USAGE, runResponse);

async function runResponse(options: ResponseOptions, signal: AbortSignal): Promise<number> {
  const { rounds, streams, events, intervalMs } = options;
  const how = `${rounds} rounds of ${streams} streams with ${events} events each, ${intervalMs} ms apart`;
  const at = new Date();
  const stop = new AbortController();
  try {
    const rows = await measureWays(options, AbortSignal.any([signal, stop.signal]), say);
    const tables = responseTable(rows);
    await publish({ name: 'response', at, how, options, rows: { rows }, tables }, options);
    for (const { way, failed } of rows) if (failed > 0) say(`${way}: ${failed} streams failed`);
    // A figure with failures behind it is no figure.
    return rows.every(({ failed }) => failed === 0) ? 0 : 1;
  } finally {
    stop.abort();
  }
}

/** The rows as Markdown; what is added is above the way that sends headers only. */
function responseTable(rows: readonly WayRow[]): string {
  const base = rows.find(({ way }) => way === 'headers');
  const added = (ms: number, of: number | undefined) => formatNumber(ms - (of ?? Number.NaN));
  const head = ['way', 'Serin µs/event', 'Envoy µs/event', 'p50 ms', 'p99 ms', '+ p50', '+ p99', 'failed'];
  const cells = rows.map((row) => [
    WAYS[row.way].label,
    formatNumber(row.serinUsPerEvent),
    formatNumber(row.envoyUsPerEvent),
    formatNumber(row.p50Ms),
    formatNumber(row.p99Ms),
    added(row.p50Ms, base?.p50Ms),
    added(row.p99Ms, base?.p99Ms),
    String(row.failed),
  ]);
  return markdownTable(head, cells, 1);
}
