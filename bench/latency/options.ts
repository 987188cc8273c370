import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, type Parsed, parsed } from '../arguments.ts';
import { PEER_OPTIONS, PEER_USAGE, type PeerOptions, peerOptionsOf } from '../servers/peer-options.ts';

/** What a run measures, and how long. */
export interface LatencyOptions extends PeerOptions {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** Loads, as parts of what a server managed in a closed loop. */
  readonly loads: readonly number[];
  readonly out: string;
  readonly readme: boolean;
}

const LOADS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const THOROUGH = { rounds: 3, warmUpMs: 5000, windowMs: 1000, loads: LOADS };
const QUICK = { rounds: 1, warmUpMs: 300, windowMs: 200, loads: [0.1, 0.5, 0.9] };

/** Shown with a problem. */
export const LATENCY_USAGE: string = `npm run bench -- latency [options]
  --quick             one short round of three loads; figures for a look only
${PEER_USAGE}
  --out FOLDER        where latency.json and latency.svg go (.cache/bench)
  --readme            puts the table and the picture into bench/README.md, too`;

/** Reads the arguments behind the benchmark's name. */
export function parseLatencyOptions(args: readonly string[]): Parsed<LatencyOptions> {
  return parsed(() => {
    const { values } = parseArgs({
      args: [...args],
      options: { ...COMMON_OPTIONS, ...PEER_OPTIONS },
    });
    const { quick, readme, out } = values;
    return { ...(quick ? QUICK : THOROUGH), ...peerOptionsOf(values), out, readme };
  });
}
