import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pickTargets } from '../picking/picking.ts';
import { type Machine, thisMachine } from '../report/machine.ts';
import { replaceBlock } from '../report/readme-block.ts';
import type { Target } from '../report/target.ts';
import { targetTable } from '../report/target.ts';
import { measureScraping } from '../scraping/idle.ts';
import { measureCosts } from './costs.ts';
import { measureFirstByte } from './first-byte.ts';
import { measureInside } from './inside.ts';
import { measureSnapshot } from './snapshot.ts';

const { log, error: say } = console;
const README = join(import.meta.dirname, '../README.md');
const GIB = 2 ** 30;

const THOROUGH = { rounds: 5, warmUpMs: 5_000, windowMs: 1000, requests: 1_000_000, watchMs: 10_000 };
/** Figures for a look only. */
const QUICK = { rounds: 1, warmUpMs: 100, windowMs: 200, requests: 20_000, watchMs: 1_000 };

const USAGE = `npm run bench -- targets [options]
  --quick             short; figures for a look only
  --out FOLDER        where targets.json goes (.cache/bench)
  --readme            puts the table into bench/README.md, too`;

interface TargetsOptions {
  readonly quick: boolean;
  readonly readme: boolean;
  readonly out: string;
}

/** Measures every figure that Serin is held to; resolves with the exit status, which tells of faults alone. */
export async function benchTargets(args: readonly string[], signal: AbortSignal): Promise<number> {
  const options = optionsOf(args);
  if (typeof options === 'string') {
    say(`${options}\n${USAGE}`);
    return 2;
  }
  const at = new Date().toISOString();
  const targets = await measureAll(options.quick ? QUICK : THOROUGH, signal);
  const machine = thisMachine();
  log(`\n${targetTable(targets)}\n`);
  await mkdir(options.out, { recursive: true });
  const path = join(options.out, 'targets.json');
  await writeFile(path, `${JSON.stringify({ at, machine, targets }, undefined, 2)}\n`);
  say(`wrote ${path}`);
  if (options.readme) await writeReadme(`${origin(at, machine)}\n\n${targetTable(targets)}`);
  return 0;
}

function optionsOf(args: readonly string[]): TargetsOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { quick: { type: 'boolean' }, readme: { type: 'boolean' }, out: { type: 'string' } },
    });
    const { quick = false, readme = false, out = '.cache/bench' } = values;
    return { quick, readme, out };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** One after the other: they would disturb each other. */
async function measureAll(effort: typeof THOROUGH, signal: AbortSignal): Promise<readonly Target[]> {
  say('snapshot');
  const snapshot = measureSnapshot();
  say('pick');
  const picks = pickTargets();
  say('first byte');
  const firstByte = await measureFirstByte(signal);
  say('inside');
  const inside = await measureInside(effort.windowMs, signal);
  say('scraping');
  const scraping = await measureScraping(effort.watchMs, signal);
  const costs = await measureCosts(effort, say, signal);
  return [...costs, ...firstByte, ...inside, ...picks, ...scraping, ...snapshot];
}

async function writeReadme(content: string): Promise<void> {
  await writeFile(README, replaceBlock(await readFile(README, 'utf8'), 'targets', `\n${content}\n`));
}

function origin(at: string, { cpu, cores, memoryBytes, platform, node }: Machine): string {
  const memory = Math.round(memoryBytes / GIB);
  return `Measured on ${at.slice(0, 10)}; ${cores} cores (${cpu}), ${memory} GiB, ${platform}, Node ${node}.`;
}
