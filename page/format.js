/** Figures as people read them; what is not known is a dash. */

const NONE = '–';

/** @param {number} value */
export function whole(value) {
  return Math.round(value).toLocaleString('en').replaceAll(',', '\u202f');
}

/** @param {number | undefined} share */
export function percent(share) {
  if (share === undefined) return NONE;
  return `${(share * 100).toFixed(1).replace(/\.0$/, '')} %`;
}

/** @param {number | undefined} ms */
export function duration(ms) {
  if (ms === undefined) return NONE;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${(ms / 60_000).toFixed(1)} min`;
}

/** @param {number} perSecond */
export function rate(perSecond) {
  return perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : whole(perSecond);
}

/** @param {number} ms since the epoch */
export function time(ms) {
  return new Date(ms).toLocaleTimeString('en-GB');
}

/**
 * @param {{readonly p50: number, readonly p95: number} | undefined} quantiles
 */
export function middleAndHigh(quantiles) {
  return quantiles === undefined ? NONE : `${duration(quantiles.p50)} · ${duration(quantiles.p95)}`;
}
