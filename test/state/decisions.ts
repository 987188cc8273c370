import type { Decided, RequestRecord } from '../../src/core/request-record.ts';
import { NO_RESPONSE } from '../core/no-response.ts';

/** The record of a request for `lora-request` that went to 10.0.0.1:8000. */
export function recordOf(
  changes: Partial<RequestRecord> = {},
  decided: Partial<Decided> = {},
): RequestRecord {
  return {
    ...{ via: 'stream', startedAtMs: 1000, durationMs: 12, outcome: 'forwarded', reason: undefined },
    decided: {
      ...{ pool: 'default/pool', route: 'weighted', model: 'lora-request', target: 'sql-lora' },
      ...{ role: 'stable', group: 'stable', modelLabel: 'lora-request', targetLabel: 'sql-lora' },
      endpoint: '10.0.0.1:8000',
      ...decided,
    },
    ...NO_RESPONSE,
    ...changes,
  };
}

/** The record of a request that was refused before its pool was known. */
export function rejectionOf(changes: Partial<RequestRecord> = {}): RequestRecord {
  return recordOf({ outcome: 'rejected', reason: 'malformed_json', decided: undefined, ...changes });
}
