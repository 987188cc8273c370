import type { Forward } from '../core/decision.ts';
import type { Rejection } from '../core/rejection.ts';
import type { Decided, RequestRecord, ResponseFacts } from '../core/request-record.ts';

/** All that a stream knows at its end. */
export interface EndedStream {
  /** The proxy's id of the request. */
  readonly id?: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** The last decision, if there was one. */
  readonly forward: Forward | undefined;
  readonly rejection: Rejection | undefined;
  readonly response: ResponseFacts;
}

/** The record of a request whose stream has ended. */
export function recordOf({ forward, rejection, response, ...ended }: EndedStream): RequestRecord {
  const explanation = (rejection ?? forward)?.explanation;
  return {
    via: 'stream',
    ...ended,
    outcome: rejection === undefined ? 'forwarded' : 'rejected',
    reason: rejection?.reason,
    decided: forward === undefined ? undefined : decidedBy(forward),
    ...(rejection?.asked === undefined ? {} : { asked: rejection.asked }),
    ...(explanation === undefined ? {} : { explanation }),
    ...response,
    noUsage: isUsageDue(forward, response) ? response.noUsage : undefined,
  };
}

/** Errors have no usage, and who asks for no model is owed none. */
function isUsageDue(forward: Forward | undefined, { status = 0 }: ResponseFacts): boolean {
  return forward?.model !== undefined && status >= 200 && status < 300;
}

function decidedBy(forward: Forward): Decided {
  const { pool, route, model, target, role, group, modelLabel, targetLabel, endpoint, key } = forward;
  const decided = { pool, route, model, target, role, group, modelLabel, targetLabel };
  return { ...decided, endpoint: endpoint.address, ...(key === undefined ? {} : { key }) };
}
