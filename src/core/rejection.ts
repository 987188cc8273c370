import type { Explanation } from './explanation.ts';

/** Why Serin refuses a request; also the value of the metric label `reason`. */
export type RejectReason =
  | 'malformed_json'
  | 'model_missing'
  | 'model_not_string'
  | 'model_conflict'
  | 'unknown_model'
  | 'unknown_host'
  | 'pool_ambiguous'
  | 'invalid_policy'
  | 'no_traffic'
  | 'no_endpoint'
  | 'overloaded'
  | 'body_too_large'
  | 'body_truncated'
  | 'buffer_full'
  | 'too_many_streams'
  | 'decision_timeout'
  | 'body_idle_timeout'
  | 'internal';

/** How a rejection reaches the client: HTTP status, OpenAI error type and code, and when to come back. */
export interface RejectionShape {
  readonly status: number;
  /** `error.type` of the OpenAI error body. */
  readonly type: string;
  /** `error.code`, where clients know another word than the reason. */
  readonly code?: string;
  /** `retry-after` in seconds; absent where trying again cannot help. */
  readonly retryAfterS?: number;
}

/** What a request was for. */
export interface Asked {
  /** `namespace/name`; undefined if no pool was found for it. */
  readonly pool: string | undefined;
  /** As the client sent it, or its beginning. */
  readonly model: string | undefined;
}

/** A refused request: a reason from the closed list and a sentence for the client. */
export interface Rejection {
  readonly kind: 'reject';
  readonly reason: RejectReason;
  readonly message: string;
  /** What it was asked for; absent if it was refused before that was known. */
  readonly asked?: Asked;
  /** How it came about, where somebody wanted to know and the request was decided at all. */
  readonly explanation?: Explanation;
}

const invalid = { status: 400, type: 'invalid_request_error' } as const;
const notFound = { status: 404, type: 'invalid_request_error' } as const;
const tooLarge = { status: 413, type: 'request_too_large' } as const;
const busy = { status: 429, type: 'rate_limit_error', retryAfterS: 1 } as const;
const unavailable = { status: 503, type: 'service_unavailable' } as const;

/** The one table from reason to what the client sees. */
export const REJECTIONS: { readonly [reason in RejectReason]: RejectionShape } = {
  malformed_json: invalid,
  model_missing: invalid,
  model_not_string: invalid,
  model_conflict: invalid,
  unknown_model: { ...notFound, code: 'model_not_found' },
  unknown_host: notFound,
  pool_ambiguous: notFound,
  invalid_policy: unavailable,
  no_traffic: unavailable,
  no_endpoint: { ...unavailable, retryAfterS: 1 },
  overloaded: busy,
  body_too_large: tooLarge,
  body_truncated: tooLarge,
  buffer_full: busy,
  too_many_streams: busy,
  decision_timeout: { ...unavailable, retryAfterS: 1 },
  body_idle_timeout: { status: 408, type: 'timeout_error' },
  internal: { status: 500, type: 'internal_error' },
};

/** Builds a rejection. */
export function reject(reason: RejectReason, message: string): Rejection {
  return { kind: 'reject', reason, message };
}
