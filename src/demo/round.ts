import { type TargetShare, targetShares, type WantedWeight } from './split.ts';
import { judgeSplit, type Verdict } from './verdict.ts';

/** How one request ended. */
export type Outcome =
  | { readonly kind: 'served'; readonly target: string; readonly pod: string }
  | { readonly kind: 'failed'; readonly problem: string };

/** Everything that a round of requests has shown. */
export interface RoundReport {
  readonly requests: number;
  readonly targets: readonly TargetShare[];
  readonly pods: readonly { readonly pod: string; readonly requests: number }[];
  readonly verdict: Verdict;
}

function countBy(keys: readonly string[], known: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map(known.map((key) => [key, 0]));
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** Sums a round up: `pods` are all pods, so that one without a request is listed too. */
export function summariseRound(
  outcomes: readonly Outcome[],
  weights: readonly WantedWeight[],
  pods: readonly string[],
): RoundReport {
  const served = outcomes.filter((outcome) => outcome.kind === 'served');
  const failures = outcomes.filter((outcome) => outcome.kind === 'failed');
  const targets = targetShares(
    weights,
    countBy(
      served.map(({ target }) => target),
      [],
    ),
  );
  const [first] = failures;
  const verdict: Verdict =
    first === undefined
      ? judgeSplit(targets)
      : { kind: 'failures', failed: failures.length, first: first.problem };
  const byPod = countBy(
    served.map(({ pod }) => pod),
    pods,
  );
  return {
    requests: outcomes.length,
    targets,
    pods: [...byPod].map(([pod, requests]) => ({ pod, requests })),
    verdict,
  };
}
