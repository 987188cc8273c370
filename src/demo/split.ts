/** The weight that a target should be served with. */
export interface WantedWeight {
  readonly target: string;
  readonly weight: number;
}

/** One target of a round: what was wanted and what came. Shares are between 0 and 1. */
export interface TargetShare {
  readonly target: string;
  readonly weight: number;
  readonly wanted: number;
  readonly requests: number;
  readonly observed: number;
}

/**
 * Sets the served requests beside the weights. A target that served without being wanted gets a row with weight
 * 0; names are compared as they are.
 */
export function targetShares(
  weights: readonly WantedWeight[],
  served: ReadonlyMap<string, number>,
): readonly TargetShare[] {
  const wanted = new Map(weights.map(({ target, weight }) => [target, weight]));
  for (const target of served.keys()) if (!wanted.has(target)) wanted.set(target, 0);
  const totalWeight = sum(wanted.values());
  const total = sum(served.values());
  return [...wanted].map(([target, weight]) => {
    const requests = served.get(target) ?? 0;
    return { target, weight, wanted: part(weight, totalWeight), requests, observed: part(requests, total) };
  });
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function part(value: number, total: number): number {
  return total === 0 ? 0 : value / total;
}
