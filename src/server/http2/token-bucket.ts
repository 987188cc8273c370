/** How often something may happen: at once, and then per second. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** The state of one limit. */
export interface TokenBucket {
  readonly rate: Rate;
  tokens: number;
  filledAtMs: number;
}

/** Creates a full bucket. */
export function createTokenBucket(rate: Rate, nowMs: number): TokenBucket {
  return { rate, tokens: rate.burst, filledAtMs: nowMs };
}

/**
 * Takes one token; false if there is none, which means that the peer does it too often. The clock is read only when
 * the bucket is empty, since Envoy resets the stream of every request.
 */
export function spend(bucket: TokenBucket, now: () => number): boolean {
  if (bucket.tokens < 1) {
    const nowMs = now();
    const { burst, perSecond } = bucket.rate;
    bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.filledAtMs) * perSecond) / 1000);
    bucket.filledAtMs = nowMs;
    if (bucket.tokens < 1) return false;
  }
  bucket.tokens -= 1;
  return true;
}
