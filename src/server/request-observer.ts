import type { Forward } from '../core/decision.ts';
import type { PromptPrefix } from '../core/prompt-prefix.ts';
import type { Rejection, RejectReason } from '../core/rejection.ts';
import type { RecordSink } from '../core/request-record.ts';
import type { BodyMode, BodyModeSource } from '../extproc/body-mode.ts';
import { emptyHead } from '../extproc/decode.ts';
import type { RequestHead } from '../extproc/inbound.ts';
import type { Awaiting, Effect, OpaqueReason } from '../extproc/outcome.ts';
import { noteEnded, noteResponded } from './response-notes.ts';
import type { StreamObserver } from './stream.ts';
import { createStreamRecord, decidedBy, isUsageDue, type StreamRecord } from './stream-record.ts';
import { bothWatch, idOf, type Watch, type Watcher } from './watcher.ts';

/** The ledger as a stream uses it; an entry is its own business. */
export interface ObservedLedger<Entry> {
  readonly dispatched: (slot: number, target: string | undefined, body: DispatchedBody) => Entry;
  readonly settled: (entry: Entry) => void;
}

/** What is known of a body when its request goes. */
interface DispatchedBody {
  readonly bytes: number | undefined;
  readonly prompt: PromptPrefix | undefined;
}

/** What is counted of streams. */
export interface ObservedMetrics {
  readonly streamOpened: () => void;
  readonly streamClosed: () => void;
  /** The caller ended a stream that still waited for something. */
  readonly streamReset: (awaiting: Exclude<Awaiting, 'nothing'>) => void;
  readonly modeResolved: (mode: BodyMode, source: BodyModeSource) => void;
  readonly routed: (forward: Forward) => void;
  /** The stream of a routed request is closed. */
  readonly released: (forward: Forward) => void;
  readonly dispatched: (address: string) => void;
  readonly rejected: (reason: RejectReason) => void;
  readonly opaque: (reason: OpaqueReason) => void;
  readonly servedElsewhere: () => void;
  readonly protocolError: () => void;
}

/** What an observer hands the effects of a stream to. */
export interface ObserverDeps<Entry> {
  readonly ledger: ObservedLedger<Entry>;
  readonly metrics: ObservedMetrics;
  readonly record: RecordSink;
  readonly watchers: readonly Watcher[];
  /** Milliseconds since the epoch. */
  readonly epochMs: () => number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** An observer with what it has learnt; its methods are functions of this module, which no stream makes anew. */
interface Observed<Entry> extends StreamObserver {
  readonly deps: ObserverDeps<Entry>;
  readonly openedMs: number;
  readonly record: StreamRecord;
  head: RequestHead | undefined;
  watch: Watch | undefined;
  entry: Entry | undefined;
  forward: Forward | undefined;
  routed: Forward | undefined;
  rejection: Rejection | undefined;
  broken: boolean;
}

/**
 * Creates the observer of one stream. Its end settles nothing: the response may outlive the stream. What is learnt is
 * written into the record at once, since each request is told of.
 */
export function observeRequest<Entry>(deps: ObserverDeps<Entry>): StreamObserver {
  const startedAtMs = deps.epochMs();
  const observed: Observed<Entry> = {
    startedAtMs,
    began,
    explains,
    effect,
    closed,
    deps,
    openedMs: deps.now(),
    record: createStreamRecord(startedAtMs),
    head: undefined,
    watch: undefined,
    entry: undefined,
    forward: undefined,
    routed: undefined,
    rejection: undefined,
    broken: false,
  };
  deps.metrics.streamOpened();
  return observed;
}

function began<Entry>(this: Observed<Entry>, head: RequestHead): void {
  if (this.head !== undefined) return;
  this.head = head;
  for (const watcher of this.deps.watchers) {
    this.watch = bothWatch(this.watch, watcher.watch(head, this.startedAtMs, this.openedMs));
  }
}

function explains<Entry>(this: Observed<Entry>): boolean {
  return this.watch?.explains === true;
}

function effect<Entry>(this: Observed<Entry>, each: Effect): void {
  const { ledger, metrics } = this.deps;
  switch (each.kind) {
    case 'mode-resolved':
      return metrics.modeResolved(each.mode, each.source);
    case 'dispatched':
      return dispatched(this, each);
    case 'routed':
      this.forward = each.forward;
      this.routed = each.forward;
      return metrics.routed(each.forward);
    case 'rejected':
      this.rejection = each.rejection;
      return metrics.rejected(each.rejection.reason);
    case 'opaque':
      return metrics.opaque(each.reason);
    case 'responded':
      noteResponded(this.record, each, elapsedMs(this));
      return isElsewhere(this.forward, each.served) ? metrics.servedElsewhere() : undefined;
    case 'first-token':
      this.record.firstTokenMs = elapsedMs(this);
      return;
    case 'response-ended':
      return noteEnded(this.record, each);
    case 'unreached':
    case 'finished':
      return this.entry === undefined ? undefined : ledger.settled(this.entry);
    case 'protocol-error':
      this.broken = true;
      return metrics.protocolError();
    case 'held':
      return undefined;
  }
}

function dispatched<Entry>(
  observed: Observed<Entry>,
  { forward, bytes }: Extract<Effect, { kind: 'dispatched' }>,
): void {
  const { ledger, metrics } = observed.deps;
  observed.forward = forward;
  observed.entry = ledger.dispatched(forward.endpoint.slot, forward.target, {
    bytes,
    prompt: forward.prompt,
  });
  metrics.dispatched(forward.endpoint.address);
}

function elapsedMs<Entry>({ deps, openedMs }: Observed<Entry>): number {
  return deps.now() - openedMs;
}

function closed<Entry>(this: Observed<Entry>, awaiting: Awaiting): void {
  tell(this, awaiting);
  // One that was open for long lies dead in the old generation for a while, and would keep all of this there.
  this.head = undefined;
  this.watch = undefined;
  this.entry = undefined;
  this.forward = undefined;
  this.routed = undefined;
  this.rejection = undefined;
}

function tell<Entry>(observed: Observed<Entry>, awaiting: Awaiting): void {
  const { deps, record, forward, rejection, routed } = observed;
  deps.metrics.streamClosed();
  if (routed !== undefined) deps.metrics.released(routed);
  if (awaiting !== 'nothing') deps.metrics.streamReset(awaiting);
  if (rejection === undefined && forward === undefined) return abandoned(observed);
  // One that sends no headers is watched from its end.
  if (observed.head === undefined) observed.began(NO_HEAD);
  record.id = idOf(observed.head?.requestId);
  record.durationMs = elapsedMs(observed);
  complete(record, forward, rejection);
  deps.record(record);
  observed.watch?.ended(record);
}

/** Of a stream without a decision nobody is told but who looks at it. */
function abandoned<Entry>(observed: Observed<Entry>): void {
  const { watch, record, head } = observed;
  if (watch?.abandoned === undefined) return;
  record.id = idOf(head?.requestId);
  record.durationMs = elapsedMs(observed);
  watch.abandoned(record, observed.broken ? 'protocol_error' : 'reset');
}

const NO_HEAD = emptyHead();

/** Takes the last decision, if there was one. */
function complete(
  record: StreamRecord,
  forward: Forward | undefined,
  rejection: Rejection | undefined,
): void {
  if (forward !== undefined) record.decided = decidedBy(forward);
  if (rejection !== undefined) {
    record.outcome = 'rejected';
    record.reason = rejection.reason;
    record.asked = rejection.asked;
  }
  record.explanation = (rejection ?? forward)?.explanation;
  if (!isUsageDue(record)) record.noUsage = undefined;
}

function isElsewhere(forward: Forward | undefined, served: string | undefined): boolean {
  return served !== undefined && forward !== undefined && served !== forward.endpoint.address;
}
