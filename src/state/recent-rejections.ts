import { beginningOf } from '../core/name-beginning.ts';
import type { RejectReason } from '../core/rejection.ts';
import type { RequestRecord } from '../core/request-record.ts';

/** One refused request. */
export interface RecentRejection {
  readonly atMs: number;
  readonly reason: RejectReason;
  readonly pool: string | undefined;
  /** As the client sent it, where it got as far as that. */
  readonly model: string | undefined;
}

/** The requests that were refused last. */
export interface RecentRejections {
  readonly record: (record: RequestRecord) => void;
  /** The latest first. */
  readonly all: () => readonly RecentRejection[];
}

const UNREAD = { pool: undefined, model: undefined };

/** Creates a memory for the last `max` of them. */
export function createRecentRejections(max: number): RecentRejections {
  const kept: RecentRejection[] = [];
  let next = 0;
  return {
    record: ({ reason, startedAtMs, durationMs, decided, asked }) => {
      if (reason === undefined) return;
      // What is refused was seldom decided.
      const { pool, model } = decided ?? asked ?? UNREAD;
      kept[next % max] = { atMs: startedAtMs + durationMs, reason, pool, model: beginningOf(model) };
      next += 1;
    },
    all: () => [...kept.slice(next % max), ...kept.slice(0, next % max)].reverse(),
  };
}
