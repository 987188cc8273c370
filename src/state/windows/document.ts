import { z } from 'zod';
import { BUCKETS, type Histogram } from './histogram.ts';
import { COUNTS } from './tally.ts';
import type { Series, Window } from './window.ts';

/** What one replica tells the others. */
export interface WindowsDocument {
  /** Another one for each start of a process. */
  readonly replica: string;
  readonly windows: readonly Window[];
}

/** Changes when a reader of the version before would count wrongly. */
const WINDOWS_VERSION = 1;

/** Writes windows for JSON: histograms as pairs of a bucket and its count, absent names as null. */
export function windowsJson({ replica, windows }: WindowsDocument): object {
  return {
    version: WINDOWS_VERSION,
    replica,
    windows: windows.map((window) => ({ ...window, series: window.series.map(seriesJson) })),
  };
}

function seriesJson({ pool, model, target, tally }: Series): object {
  const { firstToken, duration, ...counts } = tally;
  return {
    ...{ pool, model: model ?? null, target: target ?? null, counts },
    ...{ firstToken: pairsOf(firstToken), duration: pairsOf(duration) },
  };
}

function pairsOf(histogram: Histogram): readonly (readonly [number, number])[] {
  return [...histogram.entries()].filter(([, count]) => count > 0);
}

const count = z.int().nonnegative();
const name = z
  .string()
  .nullable()
  .transform((text) => text ?? undefined);
const pair = z.tuple([
  z
    .int()
    .min(0)
    .max(BUCKETS - 1),
  count,
]);

const histogram = z.array(pair).transform((pairs): Histogram => {
  const buckets = new Array<number>(BUCKETS).fill(0);
  for (const [bucket, counted] of pairs) buckets[bucket] = counted;
  return buckets;
});

const series = z
  .object({
    pool: z.string(),
    model: name,
    target: name,
    counts: z.record(z.enum(COUNTS), count),
    firstToken: histogram,
    duration: histogram,
  })
  .transform(({ pool, model, target, counts, ...histograms }): Series => {
    return { pool, model, target, tally: { ...counts, ...histograms } };
  });

/** A replica tells no more than its table holds and the rest of each pool: what is longer would take long to read. */
const MAX_SERIES = 2_000;
const MAX_WINDOWS = 10;

/** Counts the entries before it looks at any. */
function shortArray<T extends z.ZodType>(entry: T, max: number) {
  return z.array(z.unknown()).max(max).pipe(z.array(entry));
}

const document = z.object({
  version: z.literal(WINDOWS_VERSION),
  replica: z.string(),
  windows: shortArray(
    z.object({
      seconds: z.int().positive(),
      coveredSeconds: z.number().nonnegative(),
      series: shortArray(series, MAX_SERIES),
      rejections: z.record(z.string(), count),
    }),
    MAX_WINDOWS,
  ),
});

/** Reads what another replica told; undefined if it is of another version, or no windows at all. */
export function readWindows(value: unknown): WindowsDocument | undefined {
  const { data } = document.safeParse(value);
  return data === undefined ? undefined : { replica: data.replica, windows: data.windows };
}
