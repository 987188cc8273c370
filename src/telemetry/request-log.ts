import type { Decided, RequestRecord } from '../core/request-record.ts';
import type { Log } from './log.ts';

/** Creates the log of requests: one line each, and only at a level that nobody runs a busy gateway at. */
export function createRequestLog(log: Log): (record: RequestRecord) => void {
  return ({ startedAtMs: _, decided, usage, ...rest }) => {
    if (!log.isLevelEnabled('debug')) return;
    const { durationMs, headersMs, firstTokenMs } = rest;
    const times = rounded({ durationMs, headersMs, firstTokenMs });
    log.debug({ ...rest, ...namesOf(decided), ...usage, ...times }, 'request');
  };
}

/** Tenths of a millisecond say enough. */
function rounded(times: { readonly [name: string]: number | undefined }) {
  return Object.fromEntries(
    Object.entries(times).map(([name, ms]) => [
      name,
      ms === undefined ? undefined : Math.round(ms * 10) / 10,
    ]),
  );
}

/** Labels say less than the names beside them. */
function namesOf(decided: Decided | undefined): object {
  if (decided === undefined) return {};
  const { modelLabel: _, targetLabel: __, ...names } = decided;
  return names;
}
