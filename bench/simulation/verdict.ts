import { PEERS, SERIN } from './policies/policies.ts';
import type { Trial } from './trials.ts';
import type { Workload } from './workload.ts';

/** How Serin stands beside the best of its peers on one workload. */
export interface Verdict {
  readonly workload: string;
  readonly adapterRich: boolean;
  readonly ttftP99: number;
  readonly bestPeer: string;
  readonly bestTtftP99: number;
  /** Serin's p99 of the time to first token by that of the best peer. */
  readonly ratio: number;
  /** Serin's p99 of latency by the least of all peers, which may be another one. */
  readonly latencyRatio: number;
  readonly wanted: number;
  readonly holds: boolean;
}

/** Where there are more adapters than slots, a quarter less is wanted, elsewhere no more. */
const RICH = 0.75;
const OTHERS = 1;
/** Other seeds move a p99 by this much. */
const NOISE = 0.02;

/** Judges each workload by the trials of it. */
export function verdictsOf(
  workloads: readonly Pick<Workload, 'name' | 'adapterRich'>[],
  trials: readonly Trial[],
): readonly Verdict[] {
  return workloads.flatMap(({ name, adapterRich }) => {
    const own = trials.find(({ workload, policy }) => workload === name && policy === SERIN);
    const peers = trials.filter(({ workload, policy }) => workload === name && PEERS.has(policy));
    const [best] = peers.toSorted((a, b) => a.ttftP99 - b.ttftP99);
    if (own === undefined || best === undefined) return [];
    const ratio = own.ttftP99 / best.ttftP99;
    const wanted = adapterRich ? RICH : OTHERS;
    return [
      {
        workload: name,
        adapterRich,
        ttftP99: own.ttftP99,
        bestPeer: best.policy,
        bestTtftP99: best.ttftP99,
        ratio,
        latencyRatio: own.latencyP99 / Math.min(...peers.map(({ latencyP99 }) => latencyP99)),
        wanted,
        holds: ratio <= wanted + NOISE,
      },
    ];
  });
}
