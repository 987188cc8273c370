/** How much of a kind is known. Times are of the process's own clock. */
export type WatchState =
  /** Nothing is known yet; the problem says why it takes so long. */
  | { readonly kind: 'syncing'; readonly problem: string | undefined }
  | { readonly kind: 'current' }
  /** What is known was true at `sinceMs`. */
  | { readonly kind: 'old'; readonly sinceMs: number; readonly problem: string }
  /** RBAC forbids to read it; `sinceMs` is set if it was allowed before. */
  | {
      readonly kind: 'forbidden';
      readonly verb: 'list' | 'watch' | 'discovery';
      readonly sinceMs: number | undefined;
    }
  /** The server does not have the kind. */
  | { readonly kind: 'absent' };

/** Since when a state is not the server's any more; undefined if it is, or if there is nothing to be old. */
export function oldSince(state: WatchState): number | undefined {
  return state.kind === 'old' || state.kind === 'forbidden' ? state.sinceMs : undefined;
}

/**
 * The state that follows a known one. A reflector that starts knows nothing yet, but what the one before it has
 * read is only as old as its last word.
 */
export function followingState(before: WatchState, next: WatchState, nowMs: number): WatchState {
  const sinceMs = before.kind === 'current' ? nowMs : oldSince(before);
  const old = (problem: string | undefined): WatchState =>
    sinceMs === undefined || problem === undefined ? before : { kind: 'old', sinceMs, problem };
  switch (next.kind) {
    case 'syncing':
      return old(next.problem);
    case 'absent':
      return old('404: the list is not there');
    case 'forbidden':
      return next.verb === 'list' ? { ...next, sinceMs: next.sinceMs ?? sinceMs } : next;
    case 'current':
    case 'old':
      return next;
  }
}
