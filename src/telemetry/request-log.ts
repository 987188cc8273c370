import type { RequestRecord } from '../core/request-record.ts';
import type { Log } from './log.ts';

/** Creates the log of requests: one line each, and only at a level that nobody runs a busy gateway at. */
export function createRequestLog(log: Log): (record: RequestRecord) => void {
  return ({ outcome, reason, decided, status, durationMs }) => {
    if (!log.isLevelEnabled('debug')) return;
    log.debug({ outcome, reason, ...decided, status, durationMs }, 'request');
  };
}
