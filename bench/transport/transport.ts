import { type Command, createCommand } from '../arguments.ts';
import { publish } from '../report/publish.ts';
import { type Bed, makeBed } from './bed.ts';
import { drawCosts } from './cost-plot.ts';
import { failureLines } from './failures.ts';
import { measureRounds } from './measure-rounds.ts';
import { type MemoryRow, measureMemory } from './memory.ts';
import { parseOptions, type TransportOptions, USAGE } from './options.ts';
import { rowsOf } from './samples.ts';
import { type SoakRow, soak } from './soak.ts';
import { tables } from './tables.ts';
import { targetRows } from './targets.ts';

const { error: say } = console;

/** Measures the transports side by side; resolves with the exit status. */
export const benchTransport: Command = createCommand(parseOptions, USAGE, runTransport);

async function runTransport(options: TransportOptions, signal: AbortSignal): Promise<number> {
  const stop = new AbortController();
  try {
    const bed = await makeBed(options, say, AbortSignal.any([signal, stop.signal]));
    return await measure(bed, options);
  } finally {
    stop.abort();
  }
}

async function measure(bed: Bed, options: TransportOptions): Promise<number> {
  const at = new Date();
  const { soak: soakRequests, rounds, windowMs } = options;
  const samples = soakRequests === undefined ? await measureRounds(bed, options, say) : [];
  const memory = soakRequests === undefined ? await measureMemories(bed, options) : [];
  const soaked = soakRequests === undefined ? [] : await soakAll(bed, options.servers, soakRequests);
  const rows = rowsOf(samples);
  const result = { overHttp: bed.overHttp, rows, targets: targetRows(rows), memory, soak: soaked };
  const isSoak = soakRequests !== undefined;
  const how = isSoak ? `\`--requests ${soakRequests}\`` : `${rounds} rounds of ${windowMs} ms`;
  const name = isSoak ? 'soak' : 'transport';
  await publish(
    { name, at, how, options, rows: result, tables: tables(result), picture: drawCosts(rows) },
    options,
  );
  const failures = failureLines(samples, [...memory, ...soaked]);
  for (const line of failures) say(line);
  // A figure with failures behind it is no figure.
  return failures.length === 0 ? 0 : 1;
}

async function measureMemories(bed: Bed, options: TransportOptions): Promise<readonly MemoryRow[]> {
  const rows: MemoryRow[] = [];
  if (!options.parts.includes('memory')) return rows;
  for (const name of options.servers) {
    say(`memory, ${name}`);
    rows.push(await measureMemory(bed, name, options.warmUpMs));
  }
  return rows;
}

async function soakAll(bed: Bed, names: TransportOptions['servers'], requests: number) {
  const rows: SoakRow[] = [];
  for (const name of names) rows.push(await soak(bed, { name, requests }, say));
  return rows;
}
