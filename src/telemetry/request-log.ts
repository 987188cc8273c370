import { beginningOf } from '../core/name-beginning.ts';
import type { Decided, RequestRecord } from '../core/request-record.ts';
import type { Log } from './log.ts';

/**
 * Creates the log of requests: one line each, and only at a level that nobody runs a busy gateway at. Those for
 * which there is no room are left out, and the next line says how many.
 */
export function createRequestLog(log: Log, hasRoom: () => boolean): (record: RequestRecord) => void {
  let leftOut = 0;
  return (record) => {
    // Of a fault of Serin's own there is a line already.
    if (!log.isLevelEnabled('debug') || record.reason === 'internal') return;
    if (!hasRoom()) {
      leftOut += 1;
      return;
    }
    log.debug({ ...fieldsOf(record), ...(leftOut === 0 ? {} : { leftOut }) }, 'request');
    leftOut = 0;
  };
}

function fieldsOf({ startedAtMs, decided, asked, usage, explanation, ...rest }: RequestRecord): object {
  const { durationMs, headersMs, firstTokenMs } = rest;
  const times = rounded({ durationMs, headersMs, firstTokenMs });
  return { ...rest, ...asked, ...namesOf(decided), ...usage, ...times };
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
