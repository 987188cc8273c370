import { candidateFilter, createExclusion } from './candidates.ts';
import { excerpt } from './excerpt.ts';
import type { LoadView } from './load-view.ts';
import type { TargetName } from './names.ts';
import type { PromptPrefix } from './prompt-prefix.ts';
import type { Rejection } from './rejection.ts';
import { reject } from './rejection.ts';
import type { Thresholds } from './score.ts';
import { createTargetScore, isFull, scorePod } from './score.ts';
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
  /** How the prompt begins; undefined if it is not known. */
  readonly prompt?: PromptPrefix | undefined;
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

/** Picks the pod with the best score; when every pod is full, sheddable requests are refused. */
export function pick(input: PickInput): Picked | Rejection {
  const winner = bestOf(input);
  if (winner === undefined) return noEndpoint(input);
  if (input.sheddable && isSaturated(winner, input)) {
    return reject('overloaded', 'every pod is busy, and this request is served only while one is not');
  }
  return { kind: 'picked', endpoint: winner, fallbacks: fallbacksBeside(winner, input) };
}

/**
 * The candidate with the best score, found in one pass. Those that score alike are equally likely: each further
 * one takes the place with a chance of one in the number seen so far. No part of a score is below 0, so a pod
 * whose load alone is worse than the best score is not looked at: that is nearly all of them.
 */
function bestOf(input: PickInput): Endpoint | undefined {
  const exclusionOf = createExclusion(input);
  const targetScore = createTargetScore(input);
  const { loadScores } = input.load;
  let winner: Endpoint | undefined;
  let best = Number.POSITIVE_INFINITY;
  let ties = 0;

  function look(endpoint: Endpoint, load: number): void {
    const score = load + targetScore(endpoint.slot);
    if (score > best || exclusionOf(endpoint) !== undefined) return;
    ties = score < best ? 1 : ties + 1;
    if (ties === 1 || input.random() * ties < 1) winner = endpoint;
    best = score;
  }

  for (const endpoint of input.pool.endpoints) {
    const load = loadScores[endpoint.slot] ?? 0;
    if (load <= best) look(endpoint, load);
  }
  return winner;
}

/** True if all candidates are full; the best one mostly tells. */
function isSaturated(winner: Endpoint, input: PickInput): boolean {
  const { pool, load, options } = input;
  if (!isFull(winner.slot, load, options)) return false;
  const isCandidate = candidateFilter(input);
  return pool.endpoints.every((endpoint) => !isCandidate(endpoint) || isFull(endpoint.slot, load, options));
}

/** The best of the other candidates in their order; ties in a random one. */
function fallbacksBeside(winner: Endpoint, input: PickInput): readonly Endpoint[] {
  const { pool, random, options } = input;
  if (options.fallbackEndpoints === 0) return [];
  const isCandidate = candidateFilter(input);
  return pool.endpoints
    .filter((endpoint) => endpoint !== winner && isCandidate(endpoint))
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
