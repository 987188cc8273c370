import { addTallies, NO_TALLY, type Tally } from './tally.ts';

/** Whose requests a tally counts; without model and target it counts those that no policy and no pod names. */
export interface SeriesName {
  /** `namespace/name`. */
  readonly pool: string;
  readonly model: string | undefined;
  readonly target: string | undefined;
}

/** The requests for one target of one model. */
export interface Series extends SeriesName {
  readonly tally: Tally;
}

/** Refused requests by reason; reasons without any are absent. */
export type Rejections = Readonly<Record<string, number>>;

/** What one replica or several saw in the last so many seconds. */
export interface Window {
  readonly seconds: number;
  /** What of that the longest-running replica has seen. */
  readonly coveredSeconds: number;
  /** In the order of their names. */
  readonly series: readonly Series[];
  readonly rejections: Rejections;
}

/** Adds up the windows of several replicas, all of the same length, in whatever order. */
export function mergeWindows(windows: readonly Window[]): Window {
  const series = new Map<string, Series>();
  const rejections = new Map<string, number>();
  for (const window of windows) {
    for (const each of window.series) {
      const key = keyOf(each);
      series.set(key, { ...each, tally: addTallies(series.get(key)?.tally ?? NO_TALLY, each.tally) });
    }
    for (const [reason, count] of Object.entries(window.rejections)) {
      rejections.set(reason, (rejections.get(reason) ?? 0) + count);
    }
  }
  return {
    seconds: windows[0]?.seconds ?? 0,
    coveredSeconds: Math.max(0, ...windows.map(({ coveredSeconds }) => coveredSeconds)),
    series: inOrder([...series.values()]),
    rejections: Object.fromEntries([...rejections].sort(([one], [other]) => compare(one, other))),
  };
}

/** Sorts series by their names. */
export function inOrder(series: readonly Series[]): readonly Series[] {
  return series.toSorted((one, other) => compare(keyOf(one), keyOf(other)));
}

/** Names hold any character, so a separator of one's own could be forged. */
function keyOf({ pool, model, target }: SeriesName): string {
  return JSON.stringify([pool, model ?? null, target ?? null]);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
