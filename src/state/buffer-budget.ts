/** A count of bytes that many holders share. */
export interface ByteBudget {
  /** Takes `bytes`; false, and nothing taken, if that would exceed the limit. */
  readonly reserve: (bytes: number) => boolean;
  readonly release: (bytes: number) => void;
  /** Bytes that are taken. */
  readonly used: () => number;
}

/** Creates a budget of `limitBytes` for all request bodies that are held at once. */
export function createBufferBudget(limitBytes: number): ByteBudget {
  let used = 0;
  return {
    reserve: (bytes) => {
      if (used + bytes > limitBytes) return false;
      used += bytes;
      return true;
    },
    release: (bytes) => {
      used -= bytes;
    },
    used: () => used,
  };
}
