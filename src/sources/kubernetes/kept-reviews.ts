import { createHash } from 'node:crypto';
import type { AccessAsked, Reviewed } from './access-review.ts';

/** What reviews are kept with. */
export interface KeptReviewsOptions {
  readonly review: (asked: AccessAsked) => Promise<Reviewed>;
  /** For how long an answer holds; a failure is never kept. */
  readonly keptMs: number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Strangers may ask as often as they like with ever new tokens: that bounds what they cost, here and there. */
const MOST_KEPT = 1000;
const MOST_AT_ONCE = 16;

interface Kept {
  readonly reviewed: Reviewed;
  readonly untilMs: number;
}

/** Creates a review that asks again only after a while, and never twice at once for the same. */
export function createKeptReviews(options: KeptReviewsOptions): (asked: AccessAsked) => Promise<Reviewed> {
  const { review, keptMs, now } = options;
  const kept = new Map<string, Kept>();
  const open = new Map<string, Promise<Reviewed>>();

  async function ask(key: string, asked: AccessAsked): Promise<Reviewed> {
    try {
      const reviewed = await review(asked);
      if (reviewed.kind !== 'failed') keep(key, reviewed);
      return reviewed;
    } finally {
      open.delete(key);
    }
  }

  function keep(key: string, reviewed: Reviewed): void {
    kept.delete(key);
    kept.set(key, { reviewed, untilMs: now() + keptMs });
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  }

  return async (asked) => {
    const key = keyOf(asked);
    const known = kept.get(key);
    if (known !== undefined && now() < known.untilMs) return known.reviewed;
    const running = open.get(key);
    if (running !== undefined) return running;
    if (open.size >= MOST_AT_ONCE) return { kind: 'failed', message: 'too many reviews at once' };
    const started = ask(key, asked);
    open.set(key, started);
    return started;
  };
}

/** Tokens themselves are not kept. */
function keyOf({ token, verb, path }: AccessAsked): string {
  return createHash('sha256')
    .update(JSON.stringify([token, verb, path]))
    .digest('base64');
}
