const EPSILON = 1e-14;
const MAX_STEPS = 10_000;
/** Lanczos' coefficients for g = 7, accurate to 15 digits. */
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function logGamma(x: number): number {
  const base = x + 6.5;
  const sum = LANCZOS.reduce((total, c, i) => total + c / (x + i), 0.99999999999980993);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum);
}

/** Lower regularised gamma function P(a, x) by its power series, which converges fast for x < a + 1. */
function lowerGammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MAX_STEPS && term > sum * EPSILON; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

/** Upper regularised gamma function Q(a, x) by its continued fraction (Lentz), for x >= a + 1. */
function upperGammaFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MAX_STEPS; n += 1) {
    const factor = n * (a - n);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < EPSILON) break;
  }
  return fraction * Math.exp(-x + a * Math.log(x) - logGamma(a));
}

/** Upper tail of the chi-square distribution: the chance of a statistic of at least `x`. */
export function chiSquareTail(x: number, degreesOfFreedom: number): number {
  if (x <= 0) return 1;
  const a = degreesOfFreedom / 2;
  return x / 2 < a + 1 ? 1 - lowerGammaSeries(a, x / 2) : upperGammaFraction(a, x / 2);
}

/**
 * p-value of Pearson's chi-square test: how likely counts at least this far from the expected ones are, by
 * chance alone. Every expected count is above 0; with fewer than two categories the p-value is 1.
 */
export function chiSquareP(observed: readonly number[], expected: readonly number[]): number {
  if (expected.length < 2) return 1;
  const statistic = expected.reduce((sum, wanted, i) => sum + ((observed[i] ?? 0) - wanted) ** 2 / wanted, 0);
  return chiSquareTail(statistic, expected.length - 1);
}
