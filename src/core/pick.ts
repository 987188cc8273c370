import { candidateFilter } from './candidates.ts';
import { excerpt } from './excerpt.ts';
import type { LoadView } from './load-view.ts';
import type { TargetName } from './names.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import type { Thresholds } from './score.ts';
import { isFull, scorePod } from './score.ts';
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

/** Picks the pod with the best score; when even that one is full, sheddable requests are refused. */
export function pick(input: PickInput): Picked | Rejection {
  const candidates = input.pool.endpoints.filter(candidateFilter(input));
  const best = bestOf(candidates, input);
  if (best === undefined) return noEndpoint(input);
  if (input.sheddable && isFull(best.score)) {
    return reject('overloaded', 'every pod is busy, and this request is served only while one is not');
  }
  return { kind: 'picked', endpoint: best.endpoint, fallbacks: fallbacksBeside(best, candidates, input) };
}

interface Scored {
  readonly endpoint: Endpoint;
  readonly score: number;
}

/**
 * The candidate with the best score, found in one pass. Those that score alike are equally likely: each further
 * one takes the place with a chance of one in the number seen so far.
 */
function bestOf(candidates: readonly Endpoint[], input: PickInput): Scored | undefined {
  let winner: Endpoint | undefined;
  let best = Number.POSITIVE_INFINITY;
  let ties = 0;
  for (const endpoint of candidates) {
    const score = scorePod(endpoint.slot, input);
    if (score > best) continue;
    ties = score < best ? 1 : ties + 1;
    if (ties === 1 || input.random() * ties < 1) winner = endpoint;
    best = score;
  }
  return winner === undefined ? undefined : { endpoint: winner, score: best };
}

/** The best of the other candidates in their order; ties in a random one. */
function fallbacksBeside(
  { endpoint: winner }: Scored,
  candidates: readonly Endpoint[],
  input: PickInput,
): readonly Endpoint[] {
  const { random, options } = input;
  if (options.fallbackEndpoints === 0) return [];
  return candidates
    .filter((endpoint) => endpoint !== winner)
    .map((endpoint) => ({ endpoint, score: scorePod(endpoint.slot, input), draw: random() }))
    .sort((a, b) => a.score - b.score || a.draw - b.draw)
    .slice(0, options.fallbackEndpoints)
    .map(({ endpoint }) => endpoint);
}

function noEndpoint({ pool, target, subset }: PickInput): Rejection {
  const where = subset === undefined ? `the pool ${pool.key}` : 'the subset that the proxy gave';
  if (pool.endpoints.length === 0) return reject('no_endpoint', `the pool ${pool.key} has no pods`);
  const what = target === undefined ? 'is ready' : `is ready and serves ${excerpt(target)}`;
  return reject('no_endpoint', `no pod of ${where} ${what}`);
}
