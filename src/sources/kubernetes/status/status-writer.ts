import type { LoadView } from '../../../core/load-view.ts';
import type { Snapshot } from '../../../core/snapshot.ts';
import { messageOf } from '../../files/system-error.ts';
import { pause } from '../../files/wake.ts';
import { type Answer, type Failure, reasonOf, sendJson } from '../answer.ts';
import type { OpenApi } from '../api-server.ts';
import { createBackoff } from '../backoff.ts';
import { type Condition, type Observed, readObserved } from '../observed.ts';
import { applyConditions } from './apply.ts';
import { wantedConditions } from './conditions.ts';
import { createHeldBack } from './held-back.ts';
import { createOwnWrites } from './own-writes.ts';
import { servedTargets } from './served-targets.ts';
import type { Subject } from './subject.ts';
import type { StatusTiming } from './timing.ts';
import type { Troubles } from './troubles.ts';
import { judge, type Verdict } from './verdict.ts';

/** What the writer of status needs. */
export interface StatusWriterOptions {
  readonly open: OpenApi;
  /** For how many milliseconds this replica may still write. */
  readonly leftMs: () => number;
  readonly subjects: (snapshot: Snapshot) => readonly Subject[];
  readonly snapshot: () => Snapshot;
  readonly load: LoadView;
  readonly timing: StatusTiming;
  readonly troubles: Troubles;
  readonly failed: (kind: string, reason: string) => void;
  readonly written: (kind: string) => void;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** The wall's clock, for `lastTransitionTime`. */
  readonly date: () => Date;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A write that cannot end in time is not begun. */
const LEAST_LEFT_MS = 1_000;

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
    if (failure === undefined) {
      backoff.reset();
      await pause(timing.passMs, signal);
      continue;
    }
    if (signal.aborted) return;
    troubles.stands(SERVER, failure);
    await pause(backoff.next(failure.kind === 'refused' ? failure.retryAfterMs : undefined), signal);
  }
}

/** What is in trouble if no write gets an answer. */
const SERVER = 'status';

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

/** Creates what compares all objects once; a failure that would be that of every other write ends the pass. */
function createPass(options: StatusWriterOptions) {
  const { leftMs, snapshot, load } = options;
  const writer = createWriter(options);
  let known: ReadonlyMap<string, string> = new Map();

  function forgetGone(subjects: readonly Subject[]): void {
    const present = new Map(subjects.map(({ observed }) => [observed.uid, titleOf(observed)]));
    for (const [uid, title] of known) if (!present.has(uid)) writer.forget(uid, title);
    known = present;
  }

  return async (signal: AbortSignal): Promise<Failure | undefined> => {
    const { pools } = snapshot();
    const served = new Map([...pools].map(([key, pool]) => [key, servedTargets(pool, load)]));
    const subjects = options.subjects(snapshot());
    forgetGone(subjects);
    for (const subject of subjects) {
      if (signal.aborted || leftMs() < LEAST_LEFT_MS) return undefined;
      const { pool, policy } = subject;
      const verdicts = judge({ policy, pool: pools.get(pool), served: served.get(pool) });
      const failure = await writer.write(subject, verdicts, signal);
      if (failure !== undefined) return failure;
    }
    return undefined;
  };
}

/** Creates what writes one object, if there is something to write and it may be tried. */
function createWriter({ open, leftMs, timing, troubles, now, random, ...options }: StatusWriterOptions) {
  const ownWrites = createOwnWrites();
  const heldBack = createHeldBack(timing, now, random);

  function succeed(subject: Subject, value: unknown): void {
    const { kind, uid } = subject.observed;
    options.written(kind);
    const after = readObserved(value);
    // Without a version to know it by, the next attempt waits until the watch has surely brought it.
    if (after === undefined) heldBack.hold(uid);
    else ownWrites.wrote(subject.observed, after);
    if (after !== undefined) heldBack.release(uid);
    for (const what of [SERVER, resourceOf(subject), titleOf(subject.observed)]) troubles.mend(what);
  }

  /** Returns the failure if it would be that of every other write. */
  function fail(subject: Subject, failure: Failure): Failure | undefined {
    const { kind, uid } = subject.observed;
    options.failed(kind, reasonOf(failure));
    if (isGeneral(failure)) return failure;
    if (failure.kind === 'refused' && failure.status === 403) {
      heldBack.holdFor(resourceOf(subject), timing.deniedMs);
      troubles.stands(resourceOf(subject), failure);
      return undefined;
    }
    const failures = heldBack.hold(uid);
    // The first time it is only another one who was faster.
    if (failures > 1 || !isRace(failure)) troubles.stands(titleOf(subject.observed), failure);
    return undefined;
  }

  return {
    forget: (uid: string, title: string) => {
      ownWrites.forget(uid);
      heldBack.release(uid);
      troubles.forget(title);
    },
    write: async (subject: Subject, verdicts: readonly Verdict[], signal: AbortSignal) => {
      if (heldBack.isHeld(subject.observed.uid) || heldBack.isHeld(resourceOf(subject))) return undefined;
      const observed = ownWrites.newest(subject.observed);
      const conditions = wantedConditions(observed, verdicts, options.date().toISOString());
      if (conditions === undefined) return undefined;
      const answer = await send({ ...subject, observed }, conditions, signal);
      if (signal.aborted) return undefined;
      return answer.kind === 'ok' ? succeed(subject, answer.value) : fail(subject, answer);
    },
  };

  function send(subject: Subject, conditions: readonly Condition[], signal: AbortSignal): Promise<Answer> {
    const timeoutMs = Math.min(timing.requestMs, leftMs());
    return sendJson(open, applyConditions(subject, conditions), { timeoutMs, signal });
  }
}

function isGeneral(failure: Failure): boolean {
  return failure.kind !== 'refused' || failure.status >= 500 || failure.status === 429;
}

function isRace(failure: Failure): boolean {
  return failure.kind === 'refused' && (failure.status === 409 || failure.status === 404);
}

/** As a rule of RBAC names it. */
function resourceOf({ observed, plural }: Subject): string {
  return `${plural}.${observed.apiVersion.replace(/\/.*/, '')}/status in ${observed.namespace}`;
}

function titleOf({ kind, namespace, name, apiVersion }: Observed): string {
  return `${kind} ${namespace}/${name} (${apiVersion})`;
}
