/** When the figures of each endpoint were read last, by slot. */
export interface ScrapeTimes {
  readonly scraped: (slot: number) => void;
  /** Since then; undefined if they never were. */
  readonly ageMs: (slot: number) => number | undefined;
  /** Forgets a slot, before another endpoint gets it. */
  readonly reset: (slot: number) => void;
}

/** Creates the times of endpoints that nothing is known of; `now` is a clock in milliseconds. */
export function createScrapeTimes(now: () => number): ScrapeTimes {
  const atMs: (number | undefined)[] = [];
  return {
    scraped: (slot) => {
      atMs[slot] = now();
    },
    ageMs: (slot) => {
      const at = atMs[slot];
      return at === undefined ? undefined : now() - at;
    },
    reset: (slot) => {
      atMs[slot] = undefined;
    },
  };
}
