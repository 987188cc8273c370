import type { Criticality, ObjectMeta } from './policy.ts';
import type { Target } from './snapshot.ts';

/** How one decision came about, in names that outlive the snapshot. */
export interface Explanation {
  /** As the client sent it, or its beginning. */
  readonly model: string | undefined;
  /** `namespace/name`; undefined if the request was refused before its pool was known. */
  readonly pool: string | undefined;
  /** What an object says of the model; undefined if none names it. */
  readonly rule: ExplainedRule | undefined;
  /** What chose among the rule's targets. */
  readonly roll: Roll | undefined;
  /** Undefined if no pod was looked for. */
  readonly pick: ExplainedPick | undefined;
}

/** A number in [0, 1), and where it is from. */
export interface Roll {
  readonly value: number;
  readonly by: 'chance' | 'session';
}

/** A rule, by the object that it is from. */
export type ExplainedRule =
  | {
      readonly kind: 'weighted';
      readonly object: ObjectMeta;
      readonly criticality: Criticality;
      readonly targets: readonly Target[];
      /** How many more there are, where some were left out. */
      readonly left?: number;
    }
  | { readonly kind: 'invalid'; readonly object: ObjectMeta; readonly problem: string };

/** What the picker made of the pool's pods. */
export interface ExplainedPick {
  /** The name that the pod has to serve; undefined if any will do. */
  readonly target: string | undefined;
  readonly sheddable: boolean;
  /** The best first, then those that were no candidates. */
  readonly candidates: readonly ExplainedCandidate[];
  /** How many more there are. */
  readonly left: number;
}

/** One pod for one request; the smallest total is the best, and is the sum of its scores. */
export type ExplainedCandidate = {
  /** `ip:port`. */
  readonly endpoint: string;
  readonly name: string;
} & (
  | {
      readonly admitted: true;
      readonly total: number;
      /** Past a threshold. */
      readonly full: boolean;
      readonly scores: { readonly [part: string]: number };
    }
  | { readonly admitted: false; readonly because: ExclusionReason }
);

/** Why a pod is no candidate. */
export type ExclusionReason = 'dead' | 'outside_subset' | 'lacks_target';
