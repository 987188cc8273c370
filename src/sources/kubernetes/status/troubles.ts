import type { Failure } from '../answer.ts';

/** Who hears of what keeps status from being written. */
export interface TroubleListener {
  readonly trouble: (what: string, problem: string) => void;
  readonly mended: (what: string) => void;
}

/** The troubles that stand: each is told once, however often it comes back before it is mended. */
export interface Troubles {
  readonly stands: (what: string, failure: Failure) => void;
  readonly mend: (what: string) => void;
  /** Nobody is concerned any more. */
  readonly forget: (what: string) => void;
}

/** Creates a record without troubles. */
export function createTroubles({ trouble, mended }: TroubleListener): Troubles {
  const standing = new Set<string>();
  return {
    stands: (what, failure) => {
      if (standing.has(what)) return;
      standing.add(what);
      trouble(what, wordFailure(failure));
    },
    mend: (what) => {
      if (standing.delete(what)) mended(what);
    },
    forget: (what) => void standing.delete(what),
  };
}

function wordFailure(failure: Failure): string {
  return failure.kind === 'refused' ? `${failure.status}: ${failure.message}` : failure.message;
}
