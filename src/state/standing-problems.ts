/** One thing that is wrong with what was read, until it is mended. */
export interface StandingProblem {
  /** `manifests`, `endpoints-file`, `kubernetes`. */
  readonly source: string;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** What is wrong now. */
export interface StandingProblems {
  readonly stands: (source: string, text: string) => void;
  readonly mended: (source: string, text: string) => void;
  /** The oldest first, and how many more there are. */
  readonly all: () => { readonly problems: readonly StandingProblem[]; readonly more: number };
}

/** A folder full of faults is not worth a page of them. */
const MAX_SHOWN = 50;

/** Creates the list without a problem; `epochMs` is the time in milliseconds since the epoch. */
export function createStandingProblems(epochMs: () => number): StandingProblems {
  const standing = new Map<string, StandingProblem>();
  const keyOf = (source: string, text: string) => `${source} ${text}`;
  return {
    stands: (source, text) => {
      const key = keyOf(source, text);
      if (!standing.has(key)) standing.set(key, { source, text, sinceMs: epochMs() });
    },
    mended: (source, text) => {
      standing.delete(keyOf(source, text));
    },
    all: () => {
      const problems = [...standing.values()].slice(0, MAX_SHOWN);
      return { problems, more: standing.size - problems.length };
    },
  };
}
