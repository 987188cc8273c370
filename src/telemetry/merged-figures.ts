import type { Buckets } from './exposition.ts';
import type { TargetFigures } from './target-figures.ts';

/** Figures that share some of their names, summed up. */
export interface Merged {
  readonly key: string;
  readonly all: readonly [TargetFigures, ...TargetFigures[]];
}

/** Puts figures with equal keys together, in the order of their first ones. */
export function mergeBy(
  figures: Iterable<TargetFigures>,
  keyOf: (figures: TargetFigures) => string,
): readonly Merged[] {
  const merged = new Map<string, [TargetFigures, ...TargetFigures[]]>();
  for (const each of figures) {
    const key = keyOf(each);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, [each]);
    else known.push(each);
  }
  return [...merged].map(([key, all]) => ({ key, all }));
}

/** The sum of one number of all figures. */
export function sumOf({ all }: Merged, value: (figures: TargetFigures) => number): number {
  return all.reduce((total, each) => total + value(each), 0);
}

/** One histogram of all figures. */
export function bucketsOf({ all }: Merged, buckets: (figures: TargetFigures) => Buckets): Buckets {
  const histograms = all.map(buckets);
  const { bounds, counts } = buckets(all[0]);
  return {
    bounds,
    counts: Array.from(counts, (_, index) =>
      histograms.reduce((total, each) => total + (each.counts[index] ?? 0), 0),
    ),
    sum: () => histograms.reduce((total, each) => total + each.sum(), 0),
  };
}

/** A histogram with some of its bounds. */
export function coarser({ bounds, counts, sum }: Buckets, fewer: readonly number[]): Buckets {
  const sums = new Array<number>(fewer.length + 1).fill(0);
  for (const [index, count] of Array.from(counts).entries()) {
    const bound = bounds[index] ?? Number.POSITIVE_INFINITY;
    const place = fewer.findIndex((each) => bound <= each);
    const at = place < 0 ? fewer.length : place;
    sums[at] = (sums[at] ?? 0) + count;
  }
  return { bounds: fewer, counts: sums, sum };
}
