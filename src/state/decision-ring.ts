import type { RequestRecord } from '../core/request-record.ts';
import { packRecord, unpackRecord } from './packed-record.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { createTextRing } from './text-ring.ts';

/** The last decisions, or under load a sample of them, in bounded memory. */
export interface DecisionRing {
  /** Whether the request that begins now is one of the sample. */
  readonly samples: RateLimit;
  /** Keeps a request of the sample. */
  readonly keep: (record: RequestRecord) => void;
  /** Counts one that is not; a rejection is kept all the same unless there are too many of those as well. */
  readonly pass: (record: RequestRecord) => void;
  readonly read: () => RecentDecisions;
}

/** What a ring holds. */
export interface RecentDecisions {
  /** The newest first; each is made when it is looked at. */
  readonly records: Iterable<RequestRecord>;
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

/**
 * Room for one decision, on the average: one with ten targets and its ten best pods takes about 3000. Where names are
 * much longer than usual, there is room for fewer.
 */
const DECISION_BYTES = 4096;
/** Enough for the largest, whatever the capacity. */
const LEAST_BYTES = 65_536;

/**
 * Creates a ring without a decision in it. Decisions are kept as texts: they hold on to no snapshot that way, and what
 * many of them take is there from the start.
 */
export function createDecisionRing({ capacity, perSecond, now }: DecisionRingOptions): DecisionRing {
  const samples = createRateLimit(perSecond, now);
  const samplesRejected = createRateLimit(perSecond, now);
  const bytes = capacity === 0 ? 0 : Math.max(LEAST_BYTES, capacity * DECISION_BYTES);
  const ring = createTextRing({ capacity, bytes });
  let seen = 0;
  let kept = 0;

  function put(record: RequestRecord): void {
    if (capacity === 0) return;
    ring.put(packRecord(record));
    kept += 1;
  }

  return {
    samples: (nowMs) => capacity > 0 && samples(nowMs),
    keep: (record) => {
      seen += 1;
      put(record);
    },
    pass: (record) => {
      seen += 1;
      if (record.outcome === 'rejected' && samplesRejected()) put(record);
    },
    read: () => ({ records: unpack(ring.newestFirst()), seen, kept }),
  };
}

function* unpack(texts: Iterable<string>): Iterable<RequestRecord> {
  for (const text of texts) yield unpackRecord(text);
}
