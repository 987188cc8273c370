import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceBlock } from '../report/readme-block.ts';
import type { TransportResult } from './result.ts';
import { tables } from './tables.ts';

const FOLDER = join(import.meta.dirname, '..');
const README = join(FOLDER, 'README.md');
const PICTURE = 'transport.svg';
const GIB = 2 ** 30;

/** Puts the tables of a run, and its picture if it has one, where readers look for them. */
export async function writeReadme(result: TransportResult): Promise<void> {
  const { soak, out } = result.options;
  const text = await readFile(README, 'utf8');
  const name = soak === undefined ? 'transport' : 'soak';
  await writeFile(README, replaceBlock(text, name, `\n${origin(result)}\n\n${tables(result)}\n`));
  if (result.rows.length > 0) await copyFile(join(out, PICTURE), join(FOLDER, PICTURE));
}

/** Where the figures come from, in one sentence. */
function origin({ at, machine, options }: TransportResult): string {
  const { cpu, cores, memoryBytes, platform, node } = machine;
  const how =
    options.soak === undefined
      ? `${options.rounds} rounds of ${options.windowMs} ms`
      : `\`--requests ${options.soak}\``;
  const where = `${cores} cores (${cpu}), ${Math.round(memoryBytes / GIB)} GiB, ${platform}, Node ${node}`;
  return `Measured on ${at.slice(0, 10)}: ${how}; ${where}.`;
}
