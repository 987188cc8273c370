import type { Buckets } from './exposition.ts';

/** Counts values by ascending bounds. */
export interface Histogram extends Buckets {
  readonly observe: (value: number) => void;
}

/** Creates an empty histogram; to count a value costs a few comparisons, for this is on the request path. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Float64Array(bounds.length + 1);
  // In an array, since a variable with a fraction costs a new object for each value.
  const sum = new Float64Array(1);
  return {
    bounds,
    counts,
    sum: () => sum[0] ?? 0,
    observe: (value) => {
      let index = 0;
      while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1;
      counts[index] = (counts[index] ?? 0) + 1;
      sum[0] = (sum[0] ?? 0) + value;
    },
  };
}
