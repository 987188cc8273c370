import type { Problem } from './problem.ts';

/** Who hears of a problem when it appears and when it is gone. */
export interface ProblemListener {
  problem(problem: Problem): void;
  recovered(problem: Problem): void;
}

/** The problems that stand, so that each is told once however often it is found again. */
export interface ProblemLog {
  hasNew(problems: readonly Problem[]): boolean;
  /** Replaces the standing problems and tells the listener of the difference. */
  update(problems: readonly Problem[]): void;
}

/** Creates a log without problems. */
export function createProblemLog(listener: ProblemListener): ProblemLog {
  let standing: ReadonlyMap<string, Problem> = new Map();
  return {
    hasNew(problems) {
      return problems.some((problem) => !standing.has(keyOf(problem)));
    },
    update(problems) {
      const next = new Map(problems.map((problem) => [keyOf(problem), problem]));
      const before = standing;
      standing = next;
      for (const [key, problem] of next) if (!before.has(key)) listener.problem(problem);
      for (const [key, problem] of before) if (!next.has(key)) listener.recovered(problem);
    },
  };
}

// Without line and column: an edit elsewhere in the file moves a problem and does not make it another one.
function keyOf({ place, object, field, message }: Problem): string {
  return JSON.stringify([place.source, object, field, message]);
}
