/** A share and the bounds within which the true one lies, 95 times in 100. */
export interface Estimate {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

const Z = 1.959964;

/** Wilson's score interval, which holds for few requests and for shares near 0 and 1; undefined without any. */
export function estimateShare(hits: number, total: number): Estimate | undefined {
  if (total === 0) return undefined;
  const share = hits / total;
  const shrink = 1 + Z ** 2 / total;
  const centre = (share + Z ** 2 / (2 * total)) / shrink;
  const reach = (Z * Math.sqrt((share * (1 - share)) / total + Z ** 2 / (4 * total ** 2))) / shrink;
  return { share, low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}
