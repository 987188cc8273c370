/** A difference between the simulator and the real server that stays, with its reason. */
export interface Difference {
  /** A metric family, or the name of a compared answer and the path in it. */
  readonly what: string;
  readonly reason: string;
}

/** Families of the real page that the simulator does not show. */
export const MISSING_FAMILIES: readonly Difference[] = [];

/** Families of the simulator that the real page does not show. */
export const ADDITIONAL_FAMILIES: readonly Difference[] = [];

/** Answers whose structure differs. */
export const DIFFERENT_ANSWERS: readonly Difference[] = [];
