import { parseArgs } from 'node:util';
import { type Parsed, parsed } from '../arguments.ts';
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
export function createMicro<Row extends object>({ name, measure, tables, picture }: Micro<Row>) {
  return async (args: readonly string[], signal: AbortSignal): Promise<number> => {
    const read = parseMicroOptions(args);
    if (read.kind === 'invalid') {
      console.error(`${read.problem}\n${MICRO_USAGE.replaceAll('NAME', name)}`);
      return 2;
    }
    const { options } = read;
    const at = new Date();
    const rows = await measure(options.quick ? QUICK : THOROUGH, signal);
    const finding = { name, at, options, rows: { rows }, tables: tables(rows), picture: picture?.(rows) };
    await publish(finding, options);
    return 0;
  };
}

/** Reads the arguments behind the name. */
export function parseMicroOptions(args: readonly string[]): Parsed<MicroOptions> {
  return parsed(() => {
    const { values } = parseArgs({
      args: [...args],
      options: { quick: { type: 'boolean' }, readme: { type: 'boolean' }, out: { type: 'string' } },
    });
    const { quick = false, readme = false, out = '.cache/bench' } = values;
    return { quick, readme, out };
  });
}
