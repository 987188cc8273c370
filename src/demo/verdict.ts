import { chiSquareP } from './chi-square.ts';
import type { TargetShare } from './split.ts';

/** Below this chance a split is taken to be wrong. */
const REJECT_BELOW = 0.0001;
const FEWEST_REQUESTS = 50;
const FEWEST_EXPECTED = 5;

/** Whether the served requests fit the weights. */
export type Verdict =
  | { readonly kind: 'fits'; readonly p: number }
  | { readonly kind: 'differs'; readonly p: number }
  /** Targets with weight 0 (or without any) served requests. */
  | { readonly kind: 'drained_served'; readonly targets: readonly string[] }
  /** Too few requests to tell. */
  | { readonly kind: 'too_few'; readonly requests: number }
  /** Requests without an answer of a target, with the first reason. */
  | { readonly kind: 'failures'; readonly failed: number; readonly first: string };

interface Category {
  readonly observed: number;
  readonly expected: number;
}

function merge(categories: readonly Category[]): Category {
  return categories.reduce(
    (all, one) => ({ observed: all.observed + one.observed, expected: all.expected + one.expected }),
    { observed: 0, expected: 0 },
  );
}

/** Pools the targets that are expected less than 5 times, with the next larger one if that is still too little. */
function pool(categories: readonly Category[]): readonly Category[] {
  const sorted = categories.toSorted((a, b) => a.expected - b.expected);
  let pooled = 0;
  let expected = 0;
  while (pooled < sorted.length) {
    const next = sorted[pooled]?.expected ?? 0;
    if (next >= FEWEST_EXPECTED && (expected === 0 || expected >= FEWEST_EXPECTED)) break;
    expected += next;
    pooled += 1;
  }
  return pooled === 0 ? sorted : [merge(sorted.slice(0, pooled)), ...sorted.slice(pooled)];
}

/** Judges the served requests of a round by Pearson's chi-square test. */
export function judgeSplit(shares: readonly TargetShare[]): Verdict {
  const drained = shares.filter(({ weight, requests }) => weight === 0 && requests > 0);
  if (drained.length > 0) return { kind: 'drained_served', targets: drained.map(({ target }) => target) };
  const requests = shares.reduce((total, share) => total + share.requests, 0);
  if (requests < FEWEST_REQUESTS) return { kind: 'too_few', requests };
  const wanted = shares.filter(({ weight }) => weight > 0);
  const categories = pool(
    wanted.map((share) => ({ observed: share.requests, expected: share.wanted * requests })),
  );
  if (categories.length < 2 && wanted.length > 1) return { kind: 'too_few', requests };
  const p = chiSquareP(
    categories.map(({ observed }) => observed),
    categories.map(({ expected }) => expected),
  );
  return p < REJECT_BELOW ? { kind: 'differs', p } : { kind: 'fits', p };
}

/** True unless the round showed that something is wrong. */
export function isAcceptable(verdict: Verdict): boolean {
  switch (verdict.kind) {
    case 'fits':
    case 'too_few':
      return true;
    case 'differs':
    case 'drained_served':
    case 'failures':
      return false;
  }
}

function formatP(p: number): string {
  return p < REJECT_BELOW ? p.toExponential(1) : p.toFixed(4);
}

/** The verdict as one sentence for the user. */
export function describeVerdict(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'fits':
      return `The split fits the weights (chi-square test, p = ${formatP(verdict.p)}).`;
    case 'differs':
      return `The split is NOT the weights' split (chi-square test, p = ${formatP(verdict.p)}, below ${REJECT_BELOW}).`;
    case 'drained_served':
      return `The split is NOT the weights' split: ${verdict.targets.join(', ')} served requests with weight 0.`;
    case 'too_few':
      return `Too few requests (${verdict.requests}) to judge the split: --requests ${FEWEST_REQUESTS} or more.`;
    case 'failures':
      return `${verdict.failed} requests FAILED, the first with: ${verdict.first}`;
  }
}
