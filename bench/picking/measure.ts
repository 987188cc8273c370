import type { TargetName } from '../../src/core/names.ts';
import { pick } from '../../src/core/pick.ts';
import type { Endpoint } from '../../src/core/snapshot.ts';
import { seededRandom } from '../../test/core/seeded-random.ts';
import { cpuUs } from '../micro/cpu-clock.ts';
import type { Effort } from '../micro/turns.ts';
import { median } from '../report/median.ts';
import { type Crowd, createCrowd } from './crowd.ts';
import { scanFigures, scanSums } from './scan.ts';

/** What a pick costs in a pool of so many endpoints; times in nanoseconds. */
export interface PickRow {
  readonly endpoints: number;
  readonly pickNs: number;
  /** Where the prompt is known, too, and some pods were sent it. */
  readonly promptNs: number;
  /** A bare scan of all figures: the floor. */
  readonly figuresNs: number;
  /** A bare scan of the kept sums. */
  readonly sumsNs: number;
  /** By the floor; the median of the rounds, in each of which all take turns within milliseconds. */
  readonly ratio: number;
  /** The same of a pick that knows the prompt. */
  readonly promptRatio: number;
}

/** Endpoints, and how often the floor a pick may cost there. */
export const PICK_LIMITS: ReadonlyMap<number, number> = new Map([
  [10, 3],
  [100, 2],
  [1000, 1.5],
  [10_000, 1],
]);

/** Rounds that only warm the compiler up. */
const WARM_UP = 10;
/** Endpoints that are looked at in one measurement, so that each takes about as long. */
const LOOKS = 200_000;
const OPTIONS = { queueThreshold: 5, kvThreshold: 0.8, fallbackEndpoints: 0 };

/** Measures picks against bare scans, in so many rounds in which they take turns. */
export function measurePicks({ rounds }: Pick<Effort, 'rounds'>): readonly PickRow[] {
  return [...PICK_LIMITS.keys()].map((endpoints) => measureOne(endpoints, rounds));
}

type Choose = (target: TargetName, at: number) => Endpoint | undefined;

function measureOne(endpoints: number, count: number): PickRow {
  const random = seededRandom(endpoints);
  const crowd = createCrowd(endpoints, random);
  const picks = pickOf(crowd, random, []);
  const promptPicks = pickOf(crowd, random, crowd.prompts);
  const rounds = Array.from({ length: WARM_UP + count }, () => ({
    figuresNs: nsOf(crowd, (target) => scanFigures(crowd, target)),
    sumsNs: nsOf(crowd, () => scanSums(crowd)),
    pickNs: nsOf(crowd, picks),
    promptNs: nsOf(crowd, promptPicks),
  })).slice(WARM_UP);
  return {
    endpoints,
    pickNs: median(rounds.map(({ pickNs }) => pickNs)),
    promptNs: median(rounds.map(({ promptNs }) => promptNs)),
    figuresNs: median(rounds.map(({ figuresNs }) => figuresNs)),
    sumsNs: median(rounds.map(({ sumsNs }) => sumsNs)),
    ratio: median(rounds.map(({ pickNs, figuresNs }) => pickNs / figuresNs)),
    promptRatio: median(rounds.map(({ promptNs, figuresNs }) => promptNs / figuresNs)),
  };
}

/** Picks with the prompts by the places of their targets, as far as there are any. */
function pickOf({ pool, load }: Crowd, random: () => number, prompts: Crowd['prompts']): Choose {
  return (target, at) => {
    const picked = pick({
      pool,
      target,
      prompt: prompts[at],
      subset: undefined,
      sheddable: false,
      load,
      random,
      options: OPTIONS,
    });
    return picked.kind === 'picked' ? picked.endpoint : undefined;
  };
}

/** CPU time of one choice, over many of them for all targets in turn. */
function nsOf({ pool, targets }: Crowd, choose: Choose): number {
  const rounds = Math.max(1, Math.round(LOOKS / pool.endpoints.length / targets.length));
  const startedUs = cpuUs();
  for (let round = 0; round < rounds; round += 1) {
    // What nobody reads, the compiler may leave out.
    for (let at = 0; at < targets.length; at += 1) {
      const target = targets[at];
      if (target === undefined || choose(target, at) === undefined) throw new Error('no endpoint');
    }
  }
  return ((cpuUs() - startedUs) * 1000) / (rounds * targets.length);
}
