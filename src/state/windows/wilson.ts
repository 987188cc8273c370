/** A share and the bounds within which the true one lies, 95 times in 100. */
export interface Estimate {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** How many standard deviations hold 95 of 100, and 999 of 1000. */
const Z_95 = 1.959964;
const Z_999 = 3.290527;

/** Of fewer requests the interval says less than it promises. */
const FEWEST = 20;

/** Wilson's score interval, which holds for few requests and for shares near 0 and 1; undefined without any. */
export function estimateShare(hits: number, total: number): Estimate | undefined {
  return scoreInterval(hits, total, Z_95);
}

/**
 * Whether an expected share is not what the requests show. Many targets are looked at, and often, so what happens by
 * chance once in a thousand looks is waited for.
 */
export function isOff(hits: number, total: number, expected: number): boolean {
  const interval = scoreInterval(hits, total, Z_999);
  return interval !== undefined && total >= FEWEST && (expected < interval.low || expected > interval.high);
}

function scoreInterval(hits: number, total: number, z: number): Estimate | undefined {
  if (total === 0) return undefined;
  const share = hits / total;
  const shrink = 1 + z ** 2 / total;
  const centre = (share + z ** 2 / (2 * total)) / shrink;
  const reach = (z * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2))) / shrink;
  return { share, low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}
