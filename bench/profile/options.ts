import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, countOf, listOf, type Parsed, parsed, sizesOf } from '../arguments.ts';

/** Who sends the requests. */
export const DRIVERS = ['direct', 'envoy'] as const;

/** One of them. */
export type Driver = (typeof DRIVERS)[number];

/** What is profiled, and how long. */
export interface ProfileOptions {
  readonly drivers: readonly Driver[];
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** How many functions the table shows. */
  readonly functions: number;
  /** The checkout whose `serin serve` is profiled; this one unless given. */
  readonly root: string | undefined;
  /** The JSON of an earlier run. */
  readonly before: string | undefined;
  readonly out: string;
  readonly readme: boolean;
}

const DEFAULTS = {
  sizes: '1K',
  rounds: '3',
  'warm-up-ms': '5000',
  'window-ms': '2000',
  functions: '25',
};
const QUICK = { ...DEFAULTS, rounds: '1', 'warm-up-ms': '500', 'window-ms': '500' };

/** Shown with a problem. */
export const PROFILE_USAGE: string = `npm run bench -- profile [options]
  --quick             one short round; figures for a look only
  --drivers LIST      of ${DRIVERS.join(', ')}
  --sizes LIST        body sizes (${DEFAULTS.sizes})
  --rounds N          rounds (${DEFAULTS.rounds})
  --warm-up-ms N      load on each server before the first round (${DEFAULTS['warm-up-ms']})
  --window-ms N       load on each server in a round, twice (${DEFAULTS['window-ms']})
  --functions N       how many functions the tables show (${DEFAULTS.functions})
  --root FOLDER       another checkout of Serin, with its node_modules, that is profiled instead of this one
  --before FILE       profile.json of an earlier run, which the tables show, too
  --out FOLDER        where profile.json goes (.cache/bench)
  --readme            puts the tables into bench/profiles.md, too`;

/** Reads the arguments behind the benchmark's name. */
export function parseProfileOptions(args: readonly string[]): Parsed<ProfileOptions> {
  return parsed(() => read(args));
}

function read(args: readonly string[]): ProfileOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...COMMON_OPTIONS,
      drivers: text,
      sizes: text,
      rounds: text,
      'warm-up-ms': text,
      'window-ms': text,
      functions: text,
      root: text,
      before: text,
    },
  });
  const given = { ...(values.quick ? QUICK : DEFAULTS), ...values };
  return {
    drivers: listOf('--drivers', values.drivers, DRIVERS),
    sizes: sizesOf('--sizes', given.sizes),
    rounds: countOf('--rounds', given.rounds, [1, 100]),
    warmUpMs: countOf('--warm-up-ms', given['warm-up-ms'], [1, 60_000]),
    windowMs: countOf('--window-ms', given['window-ms'], [1, 60_000]),
    functions: countOf('--functions', given.functions, [1, 1000]),
    root: given.root === undefined ? undefined : resolve(given.root),
    before: given.before,
    out: values.out,
    readme: values.readme,
  };
}
