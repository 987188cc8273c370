import type { RouteKind } from '../../core/decision.ts';
import { beginningOf } from '../../core/name-beginning.ts';
import { REJECTIONS, type RejectReason } from '../../core/rejection.ts';
import { createRing } from './ring.ts';
import { type CountedSeries, createSeriesTable } from './series-table.ts';
import { type TalliedRequest, tallyOf, tallyRequest } from './tally.ts';
import { inOrder, type Rejections, type Series, type SeriesName, type Window } from './window.ts';

interface DecidedSeries extends SeriesName {
  readonly route: RouteKind;
}

/** What windows take of the record of a request. */
export interface WindowedRequest extends TalliedRequest {
  readonly reason: RejectReason | undefined;
  readonly decided: DecidedSeries | undefined;
}

/** Counts requests as they end, and tells what the last minutes had. */
export interface Windows {
  /** Counts one request; takes the same time however many were counted before. */
  readonly record: (request: WindowedRequest) => void;
  /** The windows of `WINDOW_SECONDS`, up to now. */
  readonly read: () => readonly Window[];
}

/** What windows are built from. */
export interface WindowsOptions {
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Targets with a tally of their own; further ones share one by pool. */
  readonly maxSeries: number;
  /** Whether an object of the pool names the model: a rule for any name takes what clients make up. */
  readonly isNamed: (pool: string, model: string) => boolean;
}

/** The lengths of all windows. */
export const WINDOW_SECONDS = [60, 300] as const;

/** A window slides in steps of this: it ends now, and begins with the step that its length reaches back to. */
export const STEP_MS = 5_000;

const LONGEST = (Math.max(...WINDOW_SECONDS) * 1_000) / STEP_MS;
const REASONS: readonly string[] = Object.keys(REJECTIONS);

/** Creates windows without a request in them. */
export function createWindows({ now, maxSeries, isNamed }: WindowsOptions): Windows {
  const startedAtMs = now();
  const rejected = createRing(LONGEST, REASONS.length);
  const series = createSeriesTable({ max: maxSeries, ticks: LONGEST });
  const tickOf = (ms: number) => Math.floor((ms - startedAtMs) / STEP_MS);

  function read(seconds: number, nowMs: number): Window {
    const tick = tickOf(nowMs);
    const ticks = (seconds * 1_000) / STEP_MS;
    const beginsMs = startedAtMs + Math.max(0, tick - ticks + 1) * STEP_MS;
    return {
      seconds,
      coveredSeconds: (nowMs - beginsMs) / 1_000,
      series: inOrder(series.all().flatMap((each) => seriesIn(each, tick, ticks))),
      rejections: rejectionsOf(rejected.sum(tick, ticks)),
    };
  }

  return {
    record: (request) => {
      const { decided, reason } = request;
      const tick = tickOf(now());
      if (reason !== undefined) {
        const row = rejected.row(tick);
        const index = REASONS.indexOf(reason);
        row[index] = (row[index] ?? 0) + 1;
      } else if (decided !== undefined) {
        tallyRequest(series.find(seriesOf(decided, isNamed), tick).row(tick), request);
      }
    },
    read: () => {
      const nowMs = now();
      return WINDOW_SECONDS.map((seconds) => read(seconds, nowMs));
    },
  };
}

/** Nothing bounds the names that clients make up, nor how long they are, so those have no series of their own. */
function seriesOf(decided: DecidedSeries, isNamed: WindowsOptions['isNamed']): SeriesName {
  const { pool, route, model, target } = decided;
  const isMadeUp = route === 'passthrough' || (route === 'direct' && beginningOf(model) !== model);
  if (isMadeUp) return { pool, model: undefined, target: undefined };
  if (route !== 'weighted' || model === undefined || isNamed(pool, model)) return decided;
  return { pool, model: undefined, target };
}

function seriesIn(
  { pool, model, target, ring }: CountedSeries,
  tick: number,
  ticks: number,
): readonly Series[] {
  if (ring.latest() <= tick - ticks) return [];
  return [{ pool, model, target, tally: tallyOf(ring.sum(tick, ticks)) }];
}

function rejectionsOf(counts: readonly number[]): Rejections {
  const told = REASONS.map((reason, index) => [reason, counts[index] ?? 0] as const);
  return Object.fromEntries(told.filter(([, count]) => count > 0).sort());
}
