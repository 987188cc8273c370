import { PEERS, SERIN } from './policies/policies.ts';
import type { Pairing, Trial } from './trials.ts';
import type { Workload } from './workload.ts';

/** How Serin stands beside the best of its peers on one workload. */
export interface Verdict {
  readonly workload: string;
  readonly adapterRich: boolean;
  readonly ttftP99: number;
  readonly bestPeer: string;
  readonly bestTtftP99: number;
  /** Serin's p99 of the time to first token by that of the best peer: the geometric mean of all pairs. */
  readonly ratio: number;
  /** Where that mean lies with a probability of 95 %. */
  readonly interval: readonly [number, number];
  /** Serin's p99 of latency by the least of all peers, which may be another one. */
  readonly latencyRatio: number;
  readonly wanted: number;
  readonly holds: boolean;
}

/** Where there are more adapters than slots, a quarter less is wanted, elsewhere no more. */
const RICH = 0.75;
const OTHERS = 1;

/** The peer with the least p99 of the time to first token on a workload. */
export function bestPeer(workload: string, trials: readonly Trial[]): Trial | undefined {
  const peers = trials.filter((trial) => trial.workload === workload && PEERS.has(trial.policy));
  return peers.toSorted((a, b) => a.ttftP99 - b.ttftP99)[0];
}

/** Judges each workload by the trials of it and by the pairs of Serin and its best peer. */
export function verdictsOf(
  workloads: readonly Pick<Workload, 'name' | 'adapterRich'>[],
  trials: readonly Trial[],
  pairings: readonly Pairing[],
): readonly Verdict[] {
  return workloads.flatMap(({ name, adapterRich }) => {
    const here = trials.filter(({ workload }) => workload === name);
    const own = here.find(({ policy }) => policy === SERIN);
    const best = bestPeer(name, here);
    const pairing = pairings.find(({ workload }) => workload === name);
    if (own === undefined || best === undefined || pairing === undefined) return [];
    const { ratio, interval } = meanOf(pairing.ratios);
    const wanted = adapterRich ? RICH : OTHERS;
    const latencies = here.filter(({ policy }) => PEERS.has(policy)).map(({ latencyP99 }) => latencyP99);
    return [
      {
        workload: name,
        adapterRich,
        ttftP99: own.ttftP99,
        bestPeer: best.policy,
        bestTtftP99: best.ttftP99,
        ratio,
        interval,
        latencyRatio: own.latencyP99 / Math.min(...latencies),
        wanted,
        holds: ratio <= wanted,
      },
    ];
  });
}

/** Student's t for 95 % and so many pairs as there are seeds, about. */
const T = 2.13;

/** The geometric mean of ratios, and its interval of confidence. */
function meanOf(ratios: readonly number[]): Pick<Verdict, 'ratio' | 'interval'> {
  const logs = ratios.map(Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / Math.max(1, logs.length - 1);
  const half = T * Math.sqrt(variance / logs.length);
  return { ratio: Math.exp(mean), interval: [Math.exp(mean - half), Math.exp(mean + half)] };
}
