import { parseArgs } from 'node:util';
import { type Command, type Parsed, parsed } from './arguments.ts';
import { formatDuration } from './report/format.ts';

/** A benchmark, as it is called with some arguments. */
export interface Callable {
  readonly run: Command;
}

/** What is measured of all, and with which arguments of its own. */
const PLAN: readonly (readonly [string, ...string[]])[] = [
  ['targets'],
  ['transport', '--rounds', '3'],
  ['latency'],
  ['profile'],
  ['json-scan'],
  ['codec'],
  ['pick'],
  ['snapshot'],
  ['records'],
  ['scrape'],
];

/** Shown with a problem. */
export const ALL_USAGE = `npm run bench -- all [options]
  --quick             figures for a look only
  --before FILE       profile.json of an earlier run, for profile
  --out FOLDER        where the JSON and the SVG of each go (.cache/bench)
  --readme            puts the tables and the pictures into bench/README.md and bench/profiles.md, too`;

/** Creates the command that runs one after the other, whatever becomes of those before; resolves with the worst status. */
export function createAll(benchmarks: ReadonlyMap<string, Callable>, say: (line: string) => void) {
  return async (args: readonly string[], signal: AbortSignal): Promise<number> => {
    const read = readArguments(args);
    if (read.kind === 'invalid') {
      say(`${read.problem}\n${ALL_USAGE}`);
      return 2;
    }
    const statuses: number[] = [];
    for (const part of PLAN) {
      if (signal.aborted) break;
      const [name] = part;
      const startedMs = performance.now();
      say(`== ${name}`);
      const given = argumentsOf(part, read.options);
      statuses.push(await statusOf(name, benchmarks.get(name)?.run(given, signal), say));
      say(`== ${name} took ${formatDuration(performance.now() - startedMs)}`);
    }
    return Math.max(...statuses);
  };
}

interface AllOptions {
  readonly quick: boolean;
  readonly before: readonly string[];
  /** What every one of them takes. */
  readonly common: readonly string[];
}

function argumentsOf([name, ...own]: (typeof PLAN)[number], options: AllOptions): readonly string[] {
  const { quick, before, common } = options;
  return [...(quick ? [] : own), ...(name === 'profile' ? before : []), ...common];
}

function readArguments(args: readonly string[]): Parsed<AllOptions> {
  return parsed(() => {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args: [...args],
      options: { quick: { type: 'boolean' }, readme: { type: 'boolean' }, out: text, before: text },
    });
    const { quick = false, readme = false, out, before } = values;
    return {
      quick,
      before: before === undefined ? [] : ['--before', before],
      common: [
        ...(quick ? ['--quick'] : []),
        ...(readme ? ['--readme'] : []),
        ...(out === undefined ? [] : ['--out', out]),
      ],
    };
  });
}

/** One that breaks does not keep the others from being measured. */
async function statusOf(
  name: string,
  running: Promise<number> | undefined,
  say: (line: string) => void,
): Promise<number> {
  try {
    return (await running) ?? 1;
  } catch (error) {
    say(`${name}: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}
