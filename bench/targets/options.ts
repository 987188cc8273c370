import { parseArgs } from 'node:util';
import { COMMON_OPTIONS, type Parsed, parsed } from '../arguments.ts';
import { PEER_OPTIONS, PEER_USAGE, type PeerOptions, peerOptionsOf } from '../servers/peer-options.ts';

/** How thoroughly to measure. */
export interface TargetsOptions extends PeerOptions {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** Requests of the soak. */
  readonly requests: number;
  /** How long scrapes are watched. */
  readonly watchMs: number;
  readonly out: string;
  readonly readme: boolean;
}

const THOROUGH = { rounds: 5, warmUpMs: 5_000, windowMs: 1000, requests: 1_000_000, watchMs: 10_000 };
/** Figures for a look only. */
const QUICK = { rounds: 1, warmUpMs: 100, windowMs: 200, requests: 20_000, watchMs: 1_000 };

/** Shown with a problem. */
export const TARGETS_USAGE: string = `npm run bench -- targets [options]
  --quick             short; figures for a look only
${PEER_USAGE}
  --out FOLDER        where targets.json goes, and peer.json if there is a peer (.cache/bench)
  --readme            puts the tables into bench/README.md, too`;

/** Reads the arguments behind the benchmark's name. */
export function parseTargetsOptions(args: readonly string[]): Parsed<TargetsOptions> {
  return parsed(() => {
    const { values } = parseArgs({
      args: [...args],
      options: { ...COMMON_OPTIONS, ...PEER_OPTIONS },
    });
    const { quick, readme, out } = values;
    return { ...(quick ? QUICK : THOROUGH), ...peerOptionsOf(values), out, readme };
  });
}
