import type { LoadView } from '../../../core/load-view.ts';
import { servedTargets } from '../../../core/served-targets.ts';
import type { Snapshot } from '../../../core/snapshot.ts';
import { messageOf } from '../../files/system-error.ts';
import { pause } from '../../files/wake.ts';
import type { Failure } from '../answer.ts';
import { createBackoff } from '../backoff.ts';
import type { Observed } from '../observed.ts';
import { createObjectWriter, type ObjectWriterOptions } from './object-writer.ts';
import type { Subject } from './subject.ts';
import { judge, type Verdict } from './verdict.ts';

/** What the writer of status needs. */
export interface StatusWriterOptions extends ObjectWriterOptions {
  readonly subjects: (snapshot: Snapshot) => readonly Subject[];
  readonly snapshot: () => Snapshot;
  readonly load: LoadView;
}

/** A write that cannot end in time is not begun. */
const LEAST_LEFT_MS = 1_000;
const FAULT = 'status writer';

/**
 * Compares again and again what each object's conditions should say with what they say, and writes the
 * difference. Nothing is written that is there already, so its own writes cause no others.
 */
export async function runStatusWriter(options: StatusWriterOptions, signal: AbortSignal): Promise<void> {
  const { timing, random, troubles } = options;
  const backoff = createBackoff({ firstMs: timing.firstBackoffMs, maxMs: timing.maxBackoffMs, random });
  const pass = createPass(options);
  while (!signal.aborted) {
    const failure = await guarded(pass, signal);
    if (failure?.kind === 'fault') troubles.stands(FAULT, failure);
    else troubles.mend(FAULT);
    if (failure === undefined) backoff.reset();
    await pause(failure === undefined ? timing.passMs : backoff.next(retryAfterOf(failure)), signal);
  }
}

/** The boundary where a fault of Serin's own is caught: it costs status, and no request anything. */
async function guarded(
  pass: (signal: AbortSignal) => Promise<Failure | undefined>,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  try {
    return await pass(signal);
  } catch (cause) {
    return { kind: 'fault', message: messageOf(cause) };
  }
}

function retryAfterOf(failure: Failure): number | undefined {
  return failure.kind === 'refused' ? failure.retryAfterMs : undefined;
}

/** Creates what compares all objects once; a failure that would be that of every other write ends the pass. */
function createPass(options: StatusWriterOptions) {
  const { leftMs, snapshot, load } = options;
  const writer = createObjectWriter(options);
  let known: ReadonlyMap<string, Observed> = new Map();

  function forgetGone(subjects: readonly Subject[]): void {
    const present = new Map(subjects.map(({ observed }) => [observed.uid, observed]));
    for (const [uid, observed] of known) if (!present.has(uid)) writer.forget(observed);
    known = present;
  }

  async function writeAll(subjects: readonly Subject[], judged: Judge, signal: AbortSignal) {
    for (const subject of subjects) {
      if (signal.aborted || leftMs() < LEAST_LEFT_MS) return undefined;
      const failure = await writer.write(subject, judged(subject), signal);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  return async (signal: AbortSignal): Promise<Failure | undefined> => {
    if (leftMs() < LEAST_LEFT_MS) return undefined;
    const subjects = options.subjects(snapshot());
    forgetGone(subjects);
    return writeAll(subjects, createJudge(snapshot(), load), signal);
  };
}

type Judge = (subject: Subject) => readonly Verdict[];

/** Creates what judges by one snapshot; each pool is looked at once, however many objects refer to it. */
function createJudge({ pools }: Snapshot, load: LoadView): Judge {
  const served = new Map([...pools].map(([key, pool]) => [key, servedTargets(pool, load)]));
  return ({ policy, pool }) => judge({ policy, pool: pools.get(pool), served: served.get(pool) });
}
