import type { Forward } from '../core/decision.ts';
import type { Decided, RequestRecord } from '../core/request-record.ts';

/** The record of a stream while it comes about; mutable, since each request makes one. */
export type StreamRecord = { -readonly [K in keyof RequestRecord]: RequestRecord[K] };

/** The record of a stream that has opened and of which nothing is known yet. */
export function createStreamRecord(startedAtMs: number): StreamRecord {
  return {
    via: 'stream',
    id: undefined,
    startedAtMs,
    durationMs: 0,
    outcome: 'forwarded',
    reason: undefined,
    decided: undefined,
    asked: undefined,
    explanation: undefined,
    status: undefined,
    served: undefined,
    headersMs: undefined,
    firstTokenMs: undefined,
    streamed: false,
    usage: undefined,
    noUsage: undefined,
    finishReason: undefined,
    end: 'unseen',
    requestBytes: undefined,
    responseBytes: undefined,
  };
}

/** Errors have no usage, and who asks for no model is owed none. */
export function isUsageDue({ decided, status = 0 }: RequestRecord): boolean {
  return decided?.model !== undefined && status >= 200 && status < 300;
}

/** What was decided, in names that outlive the snapshot: a record must not keep one in memory. */
export function decidedBy(forward: Forward): Decided {
  return {
    pool: forward.pool,
    route: forward.route,
    model: forward.model,
    target: forward.target,
    role: forward.role,
    group: forward.group,
    modelLabel: forward.modelLabel,
    targetLabel: forward.targetLabel,
    endpoint: forward.endpoint.address,
    key: forward.key,
  };
}
