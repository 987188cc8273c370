import { createExclusion } from './candidates.ts';
import type { ExclusionReason } from './explanation.ts';
import type { PickInput } from './pick.ts';
import type { ScoreParts } from './score.ts';
import { isFull, scoreParts, scorePod } from './score.ts';
import type { Endpoint } from './snapshot.ts';

/** What the picker makes of one endpoint of the pool for one request. */
export type ExplainedEndpoint =
  | { readonly kind: 'candidate'; readonly endpoint: Endpoint; readonly score: PodScore }
  | { readonly kind: 'excluded'; readonly endpoint: Endpoint; readonly because: ExclusionReason };

/** A pod's score: the smallest total is the best. */
export interface PodScore {
  /** The sum of the parts. */
  readonly total: number;
  readonly parts: ScoreParts;
  /** True if the pod is past a threshold; when all are, sheddable requests are refused. */
  readonly full: boolean;
}

/** What `pick` makes of endpoints, all of the pool unless they are given: for those who ask, not for each request. */
export function explainPick(
  input: PickInput,
  endpoints: readonly Endpoint[] = input.pool.endpoints,
): readonly ExplainedEndpoint[] {
  const exclusionOf = createExclusion(input);
  return endpoints.map((endpoint) => {
    const because = exclusionOf(endpoint);
    if (because !== undefined) return { kind: 'excluded', endpoint, because };
    const { slot } = endpoint;
    const full = isFull(slot, input.load, input.options);
    const score = { total: scorePod(slot, input), parts: scoreParts(slot, input), full };
    return { kind: 'candidate', endpoint, score };
  });
}
