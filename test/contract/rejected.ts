import type { Summary } from './summary.ts';

/** The reply that refuses a request. */
export function rejected(status: number, code: string, message: string, extra: Summary = {}): Summary {
  const type =
    status === 413 ? 'request_too_large' : status === 408 ? 'timeout_error' : 'invalid_request_error';
  const { errorType = type, reason = code, retryAfter, ...rest } = extra;
  return {
    kind: 'immediate',
    status,
    details: `serin_${reason}`,
    headers: {
      'content-type': 'application/json',
      'x-serin-rejected': reason,
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
    },
    error: { message, type: errorType, param: null, code },
    ...rest,
  };
}
