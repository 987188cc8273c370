import { createExclusion } from './candidates.ts';
import type { PickInput } from './pick.ts';
import { createTargetScore } from './score.ts';
import type { Endpoint } from './snapshot.ts';

interface Ranked {
  readonly endpoint: Endpoint;
  readonly total: number;
}

/**
 * The `most` endpoints with the smallest scores, the best first, then those that are no candidates; what ranks alike
 * stays in the order of the pool. It makes nothing for the others, since there may be thousands.
 */
export function bestEndpoints(input: PickInput, most: number): readonly Endpoint[] {
  const { endpoints } = input.pool;
  const totalOf = createTotal(input);
  if (most >= endpoints.length) {
    const all = endpoints.map((endpoint) => ({ endpoint, total: totalOf(endpoint) }));
    return all.toSorted((one, other) => one.total - other.total).map(({ endpoint }) => endpoint);
  }
  const best: Ranked[] = [];
  for (const endpoint of endpoints) {
    const total = totalOf(endpoint);
    if (best.length === most && total >= (best.at(-1)?.total ?? 0)) continue;
    if (best.length === most) best.pop();
    const worse = best.findIndex((each) => each.total > total);
    best.splice(worse < 0 ? best.length : worse, 0, { endpoint, total });
  }
  return best.map(({ endpoint }) => endpoint);
}

/** Those that are no candidates come last. */
function createTotal(input: PickInput): (endpoint: Endpoint) => number {
  const exclusionOf = createExclusion(input);
  const targetScore = createTargetScore(input);
  const { loadScores } = input.load;
  return (endpoint) => {
    if (exclusionOf(endpoint) !== undefined) return Number.MAX_VALUE;
    return (loadScores[endpoint.slot] ?? 0) + targetScore(endpoint.slot);
  };
}
