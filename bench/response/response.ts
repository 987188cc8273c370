import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatNumber } from '../report/format.ts';
import { thisMachine } from '../report/machine.ts';
import { replaceBlock } from '../report/readme-block.ts';
import { markdownTable } from '../report/table.ts';
import type { WayRow } from './measure.ts';
import { measureWays } from './measure.ts';
import { parseOptions, RESPONSE_USAGE, type ResponseOptions } from './options.ts';
import { WAYS } from './ways.ts';

const { log, error: say } = console;
const README = join(import.meta.dirname, '../README.md');
const GIB = 2 ** 30;

/** Measures the ways to learn what became of a request; resolves with the exit status. */
export async function benchResponse(args: readonly string[], signal: AbortSignal): Promise<number> {
  const parsed = parseOptions(args);
  if (parsed.kind === 'invalid') {
    say(`${parsed.problem}\n${RESPONSE_USAGE}`);
    return 2;
  }
  const { options } = parsed;
  const stop = new AbortController();
  try {
    const rows = await measureWays(options, AbortSignal.any([signal, stop.signal]), say);
    const table = responseTable(rows);
    log(`\n${table}\n`);
    await writeResult(options, rows);
    if (options.readme) await writeReadme(options, table);
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

async function writeResult(options: ResponseOptions, rows: readonly WayRow[]): Promise<void> {
  await mkdir(options.out, { recursive: true });
  const result = { at: new Date().toISOString(), machine: thisMachine(), options, rows };
  const path = join(options.out, 'response.json');
  await writeFile(path, `${JSON.stringify(result, undefined, 2)}\n`);
  say(`wrote ${path}`);
}

async function writeReadme(
  { streams, events, intervalMs, rounds }: ResponseOptions,
  table: string,
): Promise<void> {
  const { cpu, cores, memoryBytes, platform, node } = thisMachine();
  const what = `${rounds} rounds of ${streams} streams with ${events} events each, ${intervalMs} ms apart`;
  const where = `${cores} cores (${cpu}), ${Math.round(memoryBytes / GIB)} GiB, ${platform}, Node ${node}`;
  const origin = `Measured on ${new Date().toISOString().slice(0, 10)}: ${what}; ${where}.`;
  await writeFile(
    README,
    replaceBlock(await readFile(README, 'utf8'), 'response', `\n${origin}\n\n${table}\n`),
  );
}
