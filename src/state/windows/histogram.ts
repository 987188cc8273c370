/** Counts of durations by bucket, dense; those of several replicas add up bucket by bucket. */
export type Histogram = readonly number[];

/** Buckets double every four, so a quantile is at most a fifth off; the last holds all above half an hour. */
const PER_OCTAVE = 4;
const OCTAVES = 21;

/** How many buckets every histogram has. */
export const BUCKETS = OCTAVES * PER_OCTAVE + 1;

/** The upper bound of a bucket in milliseconds; its lower bound is that of the bucket before, or 0. */
export function upperBoundMs(bucket: number): number {
  return bucket < 0 ? 0 : 2 ** (bucket / PER_OCTAVE);
}

/** The bucket of a duration. */
export function bucketOf(ms: number): number {
  const bucket = Math.ceil(Math.log2(Math.max(ms, 1)) * PER_OCTAVE);
  return Math.min(bucket, BUCKETS - 1);
}

/** The duration that a share of all stayed below, in milliseconds; undefined if there are none. */
export function quantileMs(histogram: Histogram, share: number): number | undefined {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = share * total;
  let below = 0;
  for (const [bucket, count] of histogram.entries()) {
    if (count > 0 && below + count >= rank) {
      const from = upperBoundMs(bucket - 1);
      return from + (upperBoundMs(bucket) - from) * Math.max(0, (rank - below) / count);
    }
    below += count;
  }
  return upperBoundMs(BUCKETS - 1);
}
