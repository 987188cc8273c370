import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, countOf, type Parsed, parsed } from '../arguments.ts';

/** What a run measures, and how long. */
export interface ResponseOptions {
  readonly streams: number;
  readonly events: number;
  readonly intervalMs: number;
  readonly rounds: number;
  /** Folder of the JSON. */
  readonly out: string;
  /** Whether the results go into the benchmarks' README, too. */
  readonly readme: boolean;
}

const DEFAULTS = { streams: '500', events: '80', 'interval-ms': '100', rounds: '3' };
const QUICK = { ...DEFAULTS, streams: '50', events: '10', rounds: '1' };

/** Shown with a problem. */
export const RESPONSE_USAGE: string = `npm run bench -- response [options]
  --quick             one short round of a tenth of the streams; figures for a look only
  --streams N         event streams at once (${DEFAULTS.streams})
  --events N          events of each (${DEFAULTS.events})
  --interval-ms N     between two events of a stream (${DEFAULTS['interval-ms']})
  --rounds N          rounds, of which the table shows the medians (${DEFAULTS.rounds})
  --out FOLDER        where response.json goes (.cache/bench)
  --readme            puts the table into bench/README.md, too`;

/** Reads the arguments behind the benchmark's name. */
export function parseOptions(args: readonly string[]): Parsed<ResponseOptions> {
  return parsed(() => read(args));
}

function read(args: readonly string[]): ResponseOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...COMMON_OPTIONS,
      streams: text,
      events: text,
      'interval-ms': text,
      rounds: text,
    },
  });
  const given = { ...(values.quick ? QUICK : DEFAULTS), ...values };
  return {
    streams: countOf('--streams', given.streams, [1, 5000]),
    events: countOf('--events', given.events, [1, 1000]),
    intervalMs: countOf('--interval-ms', given['interval-ms'], [1, 10_000]),
    rounds: countOf('--rounds', given.rounds, [1, 100]),
    out: values.out,
    readme: values.readme,
  };
}
