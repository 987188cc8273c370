import { beginningOf } from '../core/name-beginning.ts';
import type { RequestRecord } from '../core/request-record.ts';
import { createRateLimit } from './rate-limit.ts';

/** The last decisions, or under load a sample of them, in bounded memory. */
export interface DecisionRing {
  /** Whether the request that begins now is one of the sample. */
  readonly samples: () => boolean;
  /** Keeps a request of the sample. */
  readonly keep: (record: RequestRecord) => void;
  /** Counts one that is not; a rejection is kept all the same unless there are too many of those as well. */
  readonly pass: (record: RequestRecord) => void;
  readonly read: () => RecentDecisions;
}

/** What a ring holds. */
export interface RecentDecisions {
  /** The newest first. */
  readonly records: readonly RequestRecord[];
  /** How many requests have ended since the start. */
  readonly seen: number;
  /** How many of those were kept at first; older ones make room. */
  readonly kept: number;
}

/** What a ring is built from. */
export interface DecisionRingOptions {
  readonly capacity: number;
  /** How many requests a second are sampled; as many rejections more may be kept. */
  readonly perSecond: number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Creates a ring without a decision in it. */
export function createDecisionRing({ capacity, perSecond, now }: DecisionRingOptions): DecisionRing {
  const samples = createRateLimit(perSecond, now);
  const samplesRejected = createRateLimit(perSecond, now);
  const ring: RequestRecord[] = [];
  let seen = 0;
  let kept = 0;

  function put(record: RequestRecord): void {
    if (capacity === 0) return;
    ring[kept % capacity] = shortened(record);
    kept += 1;
  }

  return {
    samples: () => capacity > 0 && samples(),
    keep: (record) => {
      seen += 1;
      put(record);
    },
    pass: (record) => {
      seen += 1;
      if (record.outcome === 'rejected' && samplesRejected()) put(record);
    },
    read: () => {
      const first = kept > capacity ? kept % capacity : 0;
      return { records: [...ring.slice(first), ...ring.slice(0, first)].reverse(), seen, kept };
    },
  };
}

function shortened(record: RequestRecord): RequestRecord {
  const { decided } = record;
  if (decided?.model === undefined) return record;
  const { model, target } = decided;
  const kept = beginningOf(model);
  if (kept === model) return record;
  return { ...record, decided: { ...decided, model: kept, target: target === model ? kept : target } };
}
