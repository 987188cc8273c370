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
