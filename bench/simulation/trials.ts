import { seededRandom } from '../../test/core/seeded-random.ts';
import { type Figures, figuresOf } from './figures.ts';
import type { CreatePolicy } from './policies/policy.ts';
import type { Variants } from './policies/variants.ts';
import type { Workload } from './workload.ts';
import { simulate } from './world.ts';

/** What a policy made of a workload. */
export interface Trial extends Figures {
  readonly workload: string;
  readonly policy: string;
  /** How much faster requests came than the workload has it. */
  readonly pace: number;
  /** Requests a second, on the average. */
  readonly perSecond: number;
}

/** How a workload is tried. */
export interface TrialOptions {
  /** Each seed gives other requests; all policies get the same. */
  readonly seeds: readonly number[];
  readonly pace: number;
}

/** Two policies on the same requests, again and again. */
export interface Pairing {
  readonly workload: string;
  readonly policy: string;
  readonly peer: string;
  /** The p99 of the time to first token by that of the peer, for each seed. */
  readonly ratios: readonly number[];
}

/** Seeds of the draws that pickers and pods make, apart from those of the requests. */
const RUN_SEED = 1000;

/** Tries some policies on a workload. */
export function tryPolicies(
  workload: Workload,
  policies: Variants,
  { seeds, pace }: TrialOptions,
): readonly Trial[] {
  const given = seeds.map((seed) => ({ seed, requests: workload.requests(seededRandom(seed), pace) }));
  const outcomesOf = (createPolicy: CreatePolicy) =>
    given.map(({ seed, requests }) =>
      simulate({ workload, requests, createPolicy, random: seededRandom(RUN_SEED + seed) }),
    );
  return [...policies].map(([policy, createPolicy]) => ({
    workload: workload.name,
    policy,
    pace,
    perSecond: pace * workload.perSecond,
    ...figuresOf(workload, outcomesOf(createPolicy)),
  }));
}

/** Tries two policies on one workload, each seed by itself: what the seeds have in common is no noise then. */
export function pairPolicies(
  workload: Workload,
  [[policy, own], [peer, other]]: readonly [readonly [string, CreatePolicy], readonly [string, CreatePolicy]],
  seeds: readonly number[],
): Pairing {
  const both: Variants = new Map([
    [policy, own],
    [peer, other],
  ]);
  const ratios = seeds.map((seed) => {
    const [mine, its] = tryPolicies(workload, both, { seeds: [seed], pace: 1 });
    return (mine?.ttftP99 ?? Number.NaN) / (its?.ttftP99 ?? Number.NaN);
  });
  return { workload: workload.name, policy, peer, ratios };
}
