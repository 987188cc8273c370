import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Machine, thisMachine } from './machine.ts';
import { replaceBlock } from './readme-block.ts';

/** What one run of a benchmark found. */
export interface Finding {
  /** Of its files, and of its place in the README. */
  readonly name: string;
  readonly at: Date;
  /** How it was measured, in a few words; nothing if there is only one way. */
  readonly how?: string;
  readonly options: object;
  /** What goes into the JSON, by name. */
  readonly rows: object;
  /** The tables as Markdown. */
  readonly tables: string;
  /** An SVG. */
  readonly picture?: string | undefined;
}

/** Where a finding goes. */
export interface Publication {
  /** Folder of the JSON and the SVG. */
  readonly out: string;
  /** Whether it goes into the benchmarks' README, too. */
  readonly readme: boolean;
  /** The text with a place for the tables, if it is not the README. */
  readonly text?: string;
}

const { log, error: say } = console;
const FOLDER = join(import.meta.dirname, '..');
const GIB = 2 ** 30;

/** Prints the tables of a run, and writes NAME.json, with NAME.svg where there is a picture. */
export async function publish(finding: Finding, { out, readme, text }: Publication): Promise<void> {
  const { name, at, options, rows, tables, picture } = finding;
  const machine = thisMachine();
  log(`\n${tables}\n`);
  const record = { at: at.toISOString(), machine, options, ...rows };
  await write(out, `${name}.json`, `${JSON.stringify(record, undefined, 2)}\n`);
  if (picture !== undefined) await write(out, `${name}.svg`, picture);
  if (!readme) return;
  const path = join(FOLDER, text ?? 'README.md');
  const content = `\n${origin(finding, machine)}\n\n${tables}\n`;
  await writeFile(path, replaceBlock(await readFile(path, 'utf8'), name, content));
  if (picture !== undefined) await write(FOLDER, `${name}.svg`, picture);
}

async function write(folder: string, name: string, content: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, content);
  say(`wrote ${path}`);
}

/** Where the figures come from, in one sentence. */
function origin({ at, how }: Finding, { cpu, cores, memoryBytes, platform, node }: Machine): string {
  const memory = Math.round(memoryBytes / GIB);
  const where = `${cores} cores (${cpu}), ${memory} GiB, ${platform}, Node ${node}`;
  return `Measured on ${at.toISOString().slice(0, 10)}${how === undefined ? '' : `: ${how}`}; ${where}.`;
}
