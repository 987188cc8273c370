import { type Backoff, createBackoff } from '../backoff.ts';
import type { StatusTiming } from './timing.ts';

/** What failed lately, and is not tried again before its time. */
export interface HeldBack {
  readonly isHeld: (what: string) => boolean;
  /** Holds back ever longer; gives the number of failures in a row. */
  readonly hold: (what: string) => number;
  /** Holds back for a fixed time. */
  readonly holdFor: (what: string, ms: number) => void;
  /** The last attempt went well. */
  readonly release: (what: string) => void;
}

interface Held {
  readonly untilMs: number;
  readonly failures: number;
  readonly backoff: Backoff;
}

/** Creates a record in which nothing is held back. */
export function createHeldBack(timing: StatusTiming, now: () => number, random: () => number): HeldBack {
  const held = new Map<string, Held>();

  function fresh(): Backoff {
    return createBackoff({ firstMs: timing.firstBackoffMs, maxMs: timing.maxBackoffMs, random });
  }

  return {
    isHeld: (what) => now() < (held.get(what)?.untilMs ?? 0),
    hold: (what) => {
      const { backoff, failures } = held.get(what) ?? { backoff: fresh(), failures: 0 };
      held.set(what, { untilMs: now() + backoff.next(), failures: failures + 1, backoff });
      return failures + 1;
    },
    holdFor: (what, ms) => void held.set(what, { untilMs: now() + ms, failures: 1, backoff: fresh() }),
    release: (what) => void held.delete(what),
  };
}
