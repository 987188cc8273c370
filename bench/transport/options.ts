import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, countOf, listOf, type Parsed, parsed, sizesOf } from '../arguments.ts';
import { SERVER_NAMES, type ServerName } from '../servers/kinds.ts';
import { PEER_OPTIONS, PEER_USAGE, type PeerOptions, peerOptionsOf } from '../servers/peer-options.ts';

/** What can be measured of a server. */
export const PARTS = ['direct', 'rate', 'envoy', 'memory'] as const;

/** One of them. */
export type Part = (typeof PARTS)[number];

/** What a run measures, and how long. */
export interface TransportOptions extends PeerOptions {
  readonly servers: readonly ServerName[];
  readonly parts: readonly Part[];
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** How long each server is under load before the first round, so that its code is compiled. */
  readonly warmUpMs: number;
  /** How long each server is under load in a round. */
  readonly windowMs: number;
  /** Folder of the JSON and the SVG. */
  readonly out: string;
  /** So many requests to each server for its memory, and nothing else. */
  readonly soak: number | undefined;
  /** Whether the results go into the benchmarks' README, too. */
  readonly readme: boolean;
}

const DEFAULTS = {
  sizes: '1K,16K,256K,1M',
  rounds: '5',
  'window-ms': '1000',
  'warm-up-ms': '5000',
};
const QUICK = { ...DEFAULTS, sizes: '1K,16K', rounds: '1', 'window-ms': '200', 'warm-up-ms': '100' };

/** Shown with a problem. */
export const USAGE: string = `npm run bench -- transport [options]
  --quick             one short round of 1K and 16K; figures for a look only
  --sizes LIST        body sizes (${DEFAULTS.sizes})
  --rounds N          rounds, of which the tables show the medians (${DEFAULTS.rounds})
  --warm-up-ms N      load on each server before the first round (${DEFAULTS['warm-up-ms']})
  --window-ms N       load on each server in a round (${DEFAULTS['window-ms']})
  --servers LIST      of ${SERVER_NAMES.join(', ')}
  --parts LIST        of ${PARTS.join(', ')}
  --requests N        a soak of so many requests to each of --servers instead, for its memory
${PEER_USAGE}
  --out FOLDER        where transport.json and transport.svg go (.cache/bench)
  --readme            puts the tables and the picture into bench/README.md, too`;

/** Reads the arguments behind the benchmark's name. */
export function parseOptions(args: readonly string[]): Parsed<TransportOptions> {
  return parsed(() => read(args));
}

function read(args: readonly string[]): TransportOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...COMMON_OPTIONS,
      sizes: text,
      rounds: text,
      'warm-up-ms': text,
      'window-ms': text,
      servers: text,
      parts: text,
      requests: text,
      ...PEER_OPTIONS,
    },
  });
  const given = { ...(values.quick ? QUICK : DEFAULTS), ...values };
  const parts = listOf('--parts', values.parts, PARTS);
  if (parts.includes('rate') && !parts.includes('direct')) {
    throw new Error('--parts: rate needs direct, whose throughput it takes half of');
  }
  const { peer, podPorts } = peerOptionsOf(values);
  return {
    servers: [
      ...listOf('--servers', values.servers, SERVER_NAMES),
      ...(peer === undefined ? [] : (['peer'] as const)),
    ],
    parts,
    sizes: sizesOf('--sizes', given.sizes),
    rounds: countOf('--rounds', given.rounds, [1, 100]),
    warmUpMs: countOf('--warm-up-ms', given['warm-up-ms'], [1, 60_000]),
    windowMs: countOf('--window-ms', given['window-ms'], [1, 60_000]),
    out: values.out,
    podPorts,
    peer,
    readme: values.readme,
    soak: given.requests === undefined ? undefined : countOf('--requests', given.requests, [1, 100_000_000]),
  };
}
