import { beginningOf } from '../core/name-beginning.ts';
import type { Decided, RequestRecord } from '../core/request-record.ts';
import type { Log } from './log.ts';

/**
 * Creates the log of requests: one line each, and only at a level that nobody runs a busy gateway at. Those for
 * which there is no room are left out, and the next line says how many.
 */
export function createRequestLog(log: Log, hasRoom: () => boolean): (record: RequestRecord) => void {
  let leftOut = 0;
  return ({ startedAtMs, decided, asked, usage, explanation, ...rest }) => {
    // Of a fault of Serin's own there is a line already.
    if (!log.isLevelEnabled('debug') || rest.reason === 'internal') return;
    if (!hasRoom()) {
      leftOut += 1;
      return;
    }
    const { durationMs, headersMs, firstTokenMs } = rest;
    const times = rounded({ durationMs, headersMs, firstTokenMs });
    const before = leftOut === 0 ? {} : { leftOut };
    log.debug({ ...rest, ...asked, ...namesOf(decided), ...usage, ...times, ...before }, 'request');
    leftOut = 0;
  };
}

/** Labels say less than the names beside them. */
function namesOf(decided: Decided | undefined): object {
  if (decided === undefined) return {};
  const { modelLabel: _, targetLabel: __, model, target, ...names } = decided;
  return { ...names, model: beginningOf(model), target: beginningOf(target) };
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
