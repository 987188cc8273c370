import type { RecordSink } from '../core/request-record.ts';
import type { KnownNames } from './known-names.ts';
import type { LogEntry } from './log-entry.ts';
import type { LoggedDecision } from './logged-decision.ts';
import { readDecision } from './logged-decision.ts';
import { plausibleMs, readResponse, readServedModel } from './logged-response.ts';

/**
 * What became of an entry, also the value of a metric label. `recorded`: its request is told of. `ignored`: the
 * streams tell. `partial`: the request was not over. `rejected`: its stream has told. `undecided`: no decision of
 * Serin's is in it. `broken`: it cannot be read.
 */
export type EntryResult = 'recorded' | 'ignored' | 'partial' | 'rejected' | 'undecided' | 'broken';

/** What the intake is built from. */
export interface IntakeDeps {
  /** Whether the entries tell of requests; if not they are only counted. */
  readonly recording: boolean;
  readonly bound: KnownNames;
  readonly record: RecordSink;
  readonly servedElsewhere: () => void;
  /** Milliseconds since the epoch. */
  readonly epochMs: () => number;
}

/** Takes one entry. */
export type Intake = (entry: LogEntry) => EntryResult;

/** The beginning of the response code details of all that Serin rejects. */
const OWN_DETAILS = 'serin_';

/** Clocks of machines differ; a start that is further off was made up, or its clock is of no use. */
const MAX_AHEAD_MS = 60_000;
const MAX_BEHIND_MS = 7 * 86_400_000;

/** Creates what turns entries into records, whichever replica has decided. */
export function createIntake({ recording, bound, record, servedElsewhere, epochMs }: IntakeDeps): Intake {
  function tell(entry: LogEntry, decision: LoggedDecision): void {
    const { pool, endpoint, model } = decision.names;
    const response = readResponse(entry, model !== undefined);
    const { served } = response;
    if (served !== undefined && served !== endpoint) servedElsewhere();
    const durationMs = plausibleMs(entry.durationMs) ?? plausibleMs(entry.lastByteMs) ?? 0;
    const nowMs = epochMs();
    const startedAtMs =
      [decision.startedAtMs, entry.startedAtMs].find((each) => isRecent(each, nowMs)) ?? nowMs - durationMs;
    record({
      via: 'access-log',
      startedAtMs,
      durationMs,
      outcome: 'forwarded',
      reason: undefined,
      decided: bound.decision(decision.names, readServedModel(entry)),
      ...response,
      served: served === undefined ? undefined : bound.endpoint(pool, served),
    });
  }

  return (entry) => {
    if (!recording) return 'ignored';
    if (!entry.final) return 'partial';
    const decision = readDecision(entry.metadata);
    if (decision.kind === 'none') return 'undecided';
    if (decision.kind === 'broken') return 'broken';
    if (entry.details.startsWith(OWN_DETAILS)) return 'rejected';
    tell(entry, decision);
    return 'recorded';
  };
}

function isRecent(atMs: number | undefined, nowMs: number): boolean {
  return atMs !== undefined && atMs >= nowMs - MAX_BEHIND_MS && atMs <= nowMs + MAX_AHEAD_MS;
}
