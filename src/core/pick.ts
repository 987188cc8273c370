import { candidateFilter } from './candidates.ts';
import type { LoadView } from './load-view.ts';
import type { TargetName } from './names.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import type { Score, Thresholds } from './score.ts';
import { compareScores, isSaturated, scorePod } from './score.ts';
import type { Endpoint, Pool } from './snapshot.ts';

/** How the operator wants pods picked. */
export interface PickOptions extends Thresholds {
  /** How many further pods a forward names for retries. */
  readonly fallbackEndpoints: number;
}

/** One request as the picker sees it. */
export interface PickInput {
  readonly pool: Pool;
  /** Undefined if any pod may serve the request. */
  readonly target: TargetName | undefined;
  readonly subset: readonly string[] | undefined;
  /** True if the request is refused when every pod is past the thresholds. */
  readonly sheddable: boolean;
  readonly load: LoadView;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly options: PickOptions;
}

/** The pod that serves a request, and those that may take a retry, best first. */
export interface Picked {
  readonly kind: 'picked';
  readonly endpoint: Endpoint;
  readonly fallbacks: readonly Endpoint[];
}

/** Picks the best pod in one pass over the pool; pods that score alike are equally likely. */
export function pick(input: PickInput): Picked | Rejection {
  const isCandidate = candidateFilter(input);
  const candidates = input.pool.endpoints.filter(isCandidate);
  if (candidates.length === 0) return noEndpoint(input);
  if (input.sheddable && candidates.every(({ slot }) => isSaturated(slot, input))) {
    return reject('overloaded', 'every pod is busy, and this model is served only while one is not');
  }
  const [endpoint, ...fallbacks] =
    input.options.fallbackEndpoints > 0 ? ranked(candidates, input) : best(candidates, input);
  return endpoint === undefined ? noEndpoint(input) : { kind: 'picked', endpoint, fallbacks };
}

/** The best of some pods, in a list of one; ties are drawn as by a reservoir of one. */
function best(candidates: readonly Endpoint[], input: PickInput): readonly Endpoint[] {
  const score: Score = { tier: 0, load: 0 };
  const least: Score = { tier: Number.POSITIVE_INFINITY, load: Number.POSITIVE_INFINITY };
  let winner: Endpoint | undefined;
  let ties = 0;
  for (const endpoint of candidates) {
    scorePod(score, endpoint.slot, input);
    const order = compareScores(score, least);
    if (order > 0) continue;
    ties = order < 0 ? 1 : ties + 1;
    if (ties > 1 && input.random() * ties >= 1) continue;
    winner = endpoint;
    least.tier = score.tier;
    least.load = score.load;
  }
  return winner === undefined ? [] : [winner];
}

/** The best pods in their order, one more than there are fallbacks. */
function ranked(candidates: readonly Endpoint[], input: PickInput): readonly Endpoint[] {
  const scored = candidates.map((endpoint) => {
    const score: Score = { tier: 0, load: 0 };
    scorePod(score, endpoint.slot, input);
    return { endpoint, score, draw: input.random() };
  });
  scored.sort((a, b) => compareScores(a.score, b.score) || a.draw - b.draw);
  return scored.slice(0, input.options.fallbackEndpoints + 1).map(({ endpoint }) => endpoint);
}

function noEndpoint({ pool, target, subset }: PickInput): Rejection {
  const where = subset === undefined ? `the pool ${pool.key}` : `the subset that the proxy gave`;
  if (pool.endpoints.length === 0) return reject('no_endpoint', `the pool ${pool.key} has no pods`);
  const what = target === undefined ? 'is ready' : `is ready and serves ${target}`;
  return reject('no_endpoint', `no pod of ${where} ${what}`);
}
