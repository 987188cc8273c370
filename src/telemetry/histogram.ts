import type { Buckets } from './exposition.ts';

/** Counts values by ascending bounds. */
export interface Histogram extends Buckets {
  readonly observe: (value: number) => void;
}

/** Creates an empty histogram; to count a value costs a few comparisons, for this is on the request path. */
export function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  return {
    bounds,
    counts,
    sum: () => sum,
    observe: (value) => {
      let index = 0;
      while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1;
      counts[index] = (counts[index] ?? 0) + 1;
      sum += value;
    },
  };
}
