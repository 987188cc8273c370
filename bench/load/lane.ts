/** How one request went; a failure has a reason in a few words. */
export type Outcome = { readonly kind: 'answered' } | { readonly kind: 'failed'; readonly reason: string };

/** A connection that carries requests. */
export interface Lane {
  /** Begins a request; `onDone` is called exactly once. Bytes leave at the next `flush` or before. */
  readonly begin: (onDone: (outcome: Outcome) => void) => void;
  /** Writes what was begun. */
  readonly flush: () => void;
  /** Fails every request that was begun before a time. */
  readonly expire: (beforeMs: number) => void;
  readonly close: () => void;
}

/** Done, without a reason. */
export const ANSWERED: Outcome = { kind: 'answered' };
