import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, type Command, createCommand, type Parsed, parsed } from '../arguments.ts';
import { publish } from '../report/publish.ts';
import type { Effort } from './turns.ts';

/** A benchmark of one piece of code, in this process. */
export interface Micro<Row extends object> {
  readonly name: string;
  readonly measure: (effort: Effort, signal: AbortSignal) => readonly Row[] | Promise<readonly Row[]>;
  readonly tables: (rows: readonly Row[]) => string;
  /** An SVG. */
  readonly picture?: (rows: readonly Row[]) => string;
}

interface MicroOptions {
  readonly quick: boolean;
  readonly out: string;
  readonly readme: boolean;
}

const THOROUGH: Effort = { rounds: 31, turnMs: 10 };
/** Figures for a look only. */
const QUICK: Effort = { rounds: 3, turnMs: 1 };

/** What each of them takes. */
export const MICRO_USAGE = `npm run bench -- NAME [options]
  --quick             figures for a look only
  --out FOLDER        where NAME.json goes, and NAME.svg if it draws one (.cache/bench)
  --readme            puts the table and the picture into bench/README.md, too`;

/** Creates the command of one; resolves with the exit status. */
export function createMicro<Row extends object>({ name, measure, tables, picture }: Micro<Row>): Command {
  const usage = MICRO_USAGE.replaceAll('NAME', name);
  return createCommand(parseMicroOptions, usage, async (options, signal) => {
    const at = new Date();
    const rows = await measure(options.quick ? QUICK : THOROUGH, signal);
    const finding = { name, at, options, rows: { rows }, tables: tables(rows), picture: picture?.(rows) };
    await publish(finding, options);
    return 0;
  });
}

/** Reads the arguments behind the name. */
export function parseMicroOptions(args: readonly string[]): Parsed<MicroOptions> {
  return parsed(() => {
    const { quick, readme, out } = parseArgs({ args: [...args], options: COMMON_OPTIONS }).values;
    return { quick, readme, out };
  });
}
