/** How long to wait before trying again. */
export interface Backoff {
  /** The next wait in milliseconds, at least `atLeastMs`; each is about twice the one before. */
  readonly next: (atLeastMs?: number) => number;
  /** The last attempt went well. */
  readonly reset: () => void;
}

/** What a back-off is built from. */
export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Uniform in [0, 1): replicas that failed together must not come back together. */
  readonly random: () => number;
}

/** Creates a back-off that has not waited yet; a wait is between half and all of its step. */
export function createBackoff({ firstMs, maxMs, random }: BackoffOptions): Backoff {
  let stepMs = firstMs;
  return {
    next: (atLeastMs = 0) => {
      const waitMs = stepMs * (0.5 + random() / 2);
      stepMs = Math.min(stepMs * 2, maxMs);
      return Math.max(waitMs, Math.min(atLeastMs, MAX_ASKED_MS) * (1 + random() / 10));
    },
    reset: () => {
      stepMs = firstMs;
    },
  };
}

/** A server that asks for more patience than this is asked again all the same. */
const MAX_ASKED_MS = 60_000;
