/** A difference between the simulator and a real server that stays, and why. */
export interface Difference {
  /** As the comparison words it. */
  readonly text: string;
  readonly reason: string;
}

/** What is wrong with a list of differences. */
export interface ListProblems {
  /** Found, but not listed. */
  readonly unlisted: readonly string[];
  /** Listed, but not found (any more). */
  readonly mended: readonly string[];
}

/** What a complete list without leftovers gives. */
export const NOTHING_TO_SAY: ListProblems = { unlisted: [], mended: [] };

/** Compares what was found with what is listed. */
export function compareWithList(found: readonly string[], listed: readonly Difference[]): ListProblems {
  const texts = listed.map(({ text }) => text);
  return {
    unlisted: found.filter((text) => !texts.includes(text)),
    mended: texts.filter((text) => !found.includes(text)),
  };
}

/** Lists differences that have one reason. */
export function because(reason: string, texts: readonly string[]): readonly Difference[] {
  return texts.map((text) => ({ text, reason }));
}
