import { thisMachine } from '../report/machine.ts';
import { type Bed, makeBed } from './bed.ts';
import { failureLines } from './failures.ts';
import { measureRounds } from './measure-rounds.ts';
import { type MemoryRow, measureMemory } from './memory.ts';
import { parseOptions, type TransportOptions, USAGE } from './options.ts';
import { writeReadme } from './readme.ts';
import { writeResult } from './result.ts';
import { rowsOf } from './samples.ts';
import { type SoakRow, soak } from './soak.ts';
import { tables } from './tables.ts';
import { targetRows } from './targets.ts';

const { log, error: say } = console;

/** Measures the transports side by side; resolves with the exit status. */
export async function benchTransport(args: readonly string[], signal: AbortSignal): Promise<number> {
  const parsed = parseOptions(args);
  if (parsed.kind === 'invalid') {
    say(`${parsed.problem}\n${USAGE}`);
    return 2;
  }
  const stop = new AbortController();
  try {
    const bed = await makeBed(parsed.options, AbortSignal.any([signal, stop.signal]));
    return await measure(bed, parsed.options);
  } finally {
    stop.abort();
  }
}

async function measure(bed: Bed, options: TransportOptions): Promise<number> {
  const at = new Date().toISOString();
  const samples = options.soak === undefined ? await measureRounds(bed, options, say) : [];
  const memory = options.soak === undefined ? await measureMemories(bed, options) : [];
  const soaked = options.soak === undefined ? [] : await soakAll(bed, options.servers, options.soak);
  const rows = rowsOf(samples);
  const found = { rows, targets: targetRows(rows), memory, soak: soaked };
  const result = { at, machine: thisMachine(), options, ...found };
  log(`\n${tables(result)}\n`);
  for (const path of await writeResult(result)) say(`wrote ${path}`);
  if (options.readme) await writeReadme(result);
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
