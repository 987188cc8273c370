import { type Answer, type Failure, reasonOf, sendJson } from '../answer.ts';
import type { OpenApi } from '../api-server.ts';
import { type Condition, type Observed, readObserved } from '../observed.ts';
import { applyConditions } from './apply.ts';
import { wantedConditions } from './conditions.ts';
import { createHeldBack } from './held-back.ts';
import { createOwnWrites } from './own-writes.ts';
import type { Subject } from './subject.ts';
import type { StatusTiming } from './timing.ts';
import type { Troubles } from './troubles.ts';
import type { Verdict } from './verdict.ts';

/** Writes the conditions of single objects. */
export interface ObjectWriter {
  /** Writes what is not there yet, if it may be tried; gives a failure if it would be that of every other write. */
  readonly write: (
    subject: Subject,
    verdicts: readonly Verdict[],
    signal: AbortSignal,
  ) => Promise<Failure | undefined>;
  /** The object is gone. */
  readonly forget: (observed: Observed) => void;
}

/** What an object writer needs. */
export interface ObjectWriterOptions {
  readonly open: OpenApi;
  /** For how many milliseconds this replica may still write. */
  readonly leftMs: () => number;
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

/** What is in trouble if no write gets an answer. */
const SERVER = 'status';
const NO_OBJECT: Failure = { kind: 'failed', message: 'the answer is not the object' };

/** Creates a writer that has not written yet. */
export function createObjectWriter(options: ObjectWriterOptions): ObjectWriter {
  const { timing, troubles, now, random } = options;
  const ownWrites = createOwnWrites();
  const heldBack = createHeldBack(timing, now, random);

  function settle(subject: Subject, answer: Answer): Failure | undefined {
    if (answer.kind !== 'ok') return fail(subject, answer);
    const after = readObserved(answer.value);
    if (after === undefined) return fail(subject, NO_OBJECT);
    const { kind, uid } = subject.observed;
    options.written(kind);
    ownWrites.wrote(subject.observed, after);
    heldBack.release(uid);
    for (const what of [SERVER, resourceOf(subject), titleOf(subject.observed)]) troubles.mend(what);
    return undefined;
  }

  function fail(subject: Subject, failure: Failure): Failure | undefined {
    options.failed(subject.observed.kind, reasonOf(failure));
    if (isGeneral(failure)) {
      troubles.stands(SERVER, failure);
      return failure;
    }
    refused(subject, failure);
    return undefined;
  }

  function refused(subject: Subject, failure: Failure): void {
    if (hasStatus(failure, 403)) {
      heldBack.holdFor(resourceOf(subject), timing.deniedMs);
      return troubles.stands(resourceOf(subject), failure);
    }
    const failures = heldBack.hold(subject.observed.uid);
    const isRace = hasStatus(failure, 409) || hasStatus(failure, 404);
    // The first time it is only another one who was faster.
    if (failures > 1 || !isRace) troubles.stands(titleOf(subject.observed), failure);
  }

  return {
    forget: (observed) => {
      ownWrites.forget(observed.uid);
      heldBack.release(observed.uid);
      troubles.forget(titleOf(observed));
    },
    write: async (subject, verdicts, signal) => {
      if (heldBack.isHeld(subject.observed.uid) || heldBack.isHeld(resourceOf(subject))) return undefined;
      const observed = ownWrites.newest(subject.observed);
      const conditions = wantedConditions(observed, verdicts, wholeSecond(options.date()));
      if (conditions === undefined) return undefined;
      const answer = await send({ ...subject, observed }, conditions, signal);
      return signal.aborted ? undefined : settle(subject, answer);
    },
  };

  function send(subject: Subject, conditions: readonly Condition[], signal: AbortSignal): Promise<Answer> {
    const timeoutMs = Math.min(timing.requestMs, options.leftMs());
    return sendJson(options.open, applyConditions(subject, conditions), { timeoutMs, signal });
  }
}

function isGeneral(failure: Failure): boolean {
  return failure.kind !== 'refused' || failure.status >= 500 || failure.status === 429;
}

function hasStatus(failure: Failure, status: number): boolean {
  return failure.kind === 'refused' && failure.status === status;
}

/** As a rule of RBAC names it. */
function resourceOf({ observed, plural }: Subject): string {
  return `${plural}.${observed.apiVersion.replace(/\/.*/, '')}/status in ${observed.namespace}`;
}

function titleOf({ kind, namespace, name, apiVersion }: Observed): string {
  return `${kind} ${namespace}/${name} (${apiVersion})`;
}

/** As Kubernetes writes times of conditions. */
function wholeSecond(at: Date): string {
  return at.toISOString().replace(/\.\d+/, '');
}
