import { exclusionFinder } from './candidates.ts';
import type { ExclusionReason } from './explanation.ts';
import type { PickInput } from './pick.ts';
import { explainScore, type PodScore, scorePod } from './score.ts';
import type { Endpoint } from './snapshot.ts';

/** What the picker makes of one endpoint of the pool for one request. */
export type ExplainedEndpoint =
  | { readonly kind: 'candidate'; readonly endpoint: Endpoint; readonly score: PodScore }
  | { readonly kind: 'excluded'; readonly endpoint: Endpoint; readonly because: ExclusionReason };

/** Scores every endpoint of the pool as `pick` does, in the pool's order; not for every request. */
export function explainPick(input: PickInput): readonly ExplainedEndpoint[] {
  const excluded = exclusionFinder(input);
  return input.pool.endpoints.map((endpoint) => {
    const because = excluded(endpoint);
    if (because !== undefined) return { kind: 'excluded', endpoint, because };
    return { kind: 'candidate', endpoint, score: explainScore(scorePod(endpoint.slot, input)) };
  });
}
