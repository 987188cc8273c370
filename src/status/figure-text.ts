import type { TargetFigures } from './live-status.ts';

const NONE = '-';

/** A part of a whole. */
export function percentText(share: number | undefined): string {
  if (share === undefined) return NONE;
  return `${(share * 100).toFixed(1).replace(/\.0$/, '')} %`;
}

/** A duration in the unit that it is told in. */
export function durationText(ms: number | undefined): string {
  if (ms === undefined) return NONE;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 100_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  return `${(ms / 60_000).toFixed(1)} min`;
}

/** The time of day in UTC. */
export function timeText(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(11, 19)}Z`;
}

/** An observed share with the bounds of the true one, and whether it is off. */
export function shareText({ share, off }: TargetFigures): string {
  if (share === undefined) return NONE;
  const bounds = `${percentText(share.share)} (${percentText(share.low)} to ${percentText(share.high)})`;
  return off ? `${bounds} off` : bounds;
}

/** The middle and the 95th of 100. */
export function quantilesText(quantiles: TargetFigures['durationMs']): string {
  return quantiles === undefined ? NONE : `${durationText(quantiles.p50)}, ${durationText(quantiles.p95)}`;
}

/** Tokens in and out; unknown where no response told them. */
export function tokensText(figures: TargetFigures): string {
  if (figures.withUsage === 0) return NONE;
  return `${rateText(figures.promptTokensPerSecond)}, ${rateText(figures.completionTokensPerSecond)}`;
}

function rateText(perSecond: number): string {
  return perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : `${Math.round(perSecond)}`;
}

/** Responses with 5xx and their share, and what else did not end well. */
export function errorsText({ status4xx, status5xx, unanswered, errorShare }: TargetFigures): string {
  return [
    status5xx === 0 ? '0' : `${status5xx} (${percentText(errorShare?.share)})`,
    ...(status4xx > 0 ? [`${status4xx} x 4xx`] : []),
    ...(unanswered > 0 ? [`${unanswered} unanswered`] : []),
  ].join(', ');
}
