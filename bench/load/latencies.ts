/** Counts times in classes that are 1 % wide, so that very many cost no memory. */
export interface Latencies {
  readonly add: (ms: number) => void;
  /** A quantile in milliseconds, such as 0.99; 0 if nothing was added. */
  readonly quantile: (part: number) => number;
}

const LEAST_MS = 0.001;
const GROWTH = Math.log(1.01);

/** Creates an empty count. */
export function createLatencies(): Latencies {
  const counts = new Map<number, number>();
  let total = 0;
  return {
    add: (ms) => {
      const place = Math.max(0, Math.round(Math.log(ms / LEAST_MS) / GROWTH));
      counts.set(place, (counts.get(place) ?? 0) + 1);
      total += 1;
    },
    quantile: (part) => {
      let left = part * total;
      for (const [place, count] of [...counts].sort(([a], [b]) => a - b)) {
        left -= count;
        if (left <= 0) return LEAST_MS * Math.exp(place * GROWTH);
      }
      return 0;
    },
  };
}
