import type { Decided, RequestRecord } from '../core/request-record.ts';
import type { Log } from './log.ts';

/** Creates the log of requests: one line each, and only at a level that nobody runs a busy gateway at. */
export function createRequestLog(log: Log): (record: RequestRecord) => void {
  return ({ outcome, reason, decided, status, durationMs }) => {
    if (!log.isLevelEnabled('debug')) return;
    log.debug({ outcome, reason, ...namesOf(decided), status, durationMs }, 'request');
  };
}

/** Labels say less than the names beside them. */
function namesOf(decided: Decided | undefined): object {
  if (decided === undefined) return {};
  const { modelLabel: _, targetLabel: __, ...names } = decided;
  return names;
}
