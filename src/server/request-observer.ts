import type { Forward } from '../core/decision.ts';
import type { PromptPrefix } from '../core/prompt-prefix.ts';
import type { Rejection, RejectReason } from '../core/rejection.ts';
import type { RecordSink } from '../core/request-record.ts';
import type { BodyMode, BodyModeSource } from '../extproc/body-mode.ts';
import type { Awaiting, Effect, OpaqueReason } from '../extproc/outcome.ts';
import { createResponseNotes, noteEnded, noteFirstToken, noteResponded } from './response-notes.ts';
import type { StreamObserver } from './stream.ts';
import { recordOf } from './stream-record.ts';
import { createWatching, type Watcher } from './watcher.ts';

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

/** Creates the observer of one stream. Its end settles nothing: the response may outlive the stream. */
export function observeRequest<Entry>(deps: ObserverDeps<Entry>): StreamObserver {
  const { ledger, metrics, record, watchers, epochMs, now } = deps;
  const startedAtMs = epochMs();
  const openedMs = now();
  const elapsedMs = () => now() - openedMs;
  const response = createResponseNotes();
  let entry: Entry | undefined;
  let forward: Forward | undefined;
  let routed: Forward | undefined;
  let rejection: Rejection | undefined;
  const watching = createWatching(watchers, startedAtMs);
  metrics.streamOpened();

  function effect(each: Effect): void {
    switch (each.kind) {
      case 'mode-resolved':
        return metrics.modeResolved(each.mode, each.source);
      case 'dispatched':
        forward = each.forward;
        entry = ledger.dispatched(forward.endpoint.slot, forward.target, {
          bytes: each.bytes,
          prompt: forward.prompt,
        });
        return metrics.dispatched(forward.endpoint.address);
      case 'routed':
        forward = each.forward;
        routed = each.forward;
        return metrics.routed(each.forward);
      case 'rejected':
        rejection = each.rejection;
        return metrics.rejected(rejection.reason);
      case 'opaque':
        return metrics.opaque(each.reason);
      case 'responded':
        noteResponded(response, each, elapsedMs());
        return isElsewhere(forward, each.served) ? metrics.servedElsewhere() : undefined;
      case 'first-token':
        return noteFirstToken(response, elapsedMs());
      case 'response-ended':
        return noteEnded(response, each);
      case 'unreached':
      case 'finished':
        return entry === undefined ? undefined : ledger.settled(entry);
      case 'protocol-error':
        return metrics.protocolError();
      case 'held':
        return undefined;
    }
  }

  function closed(awaiting: Awaiting): void {
    metrics.streamClosed();
    if (routed !== undefined) metrics.released(routed);
    if (awaiting !== 'nothing') metrics.streamReset(awaiting);
    if (rejection === undefined && forward === undefined) return;
    const ended = { startedAtMs, durationMs: elapsedMs(), forward, rejection, response };
    const told = recordOf({ ...watching.id(), ...ended });
    record(told);
    watching.ended(told);
  }

  return { startedAtMs, began: watching.began, explains: watching.explains, effect, closed };
}

function isElsewhere(forward: Forward | undefined, served: string | undefined): boolean {
  return served !== undefined && forward !== undefined && served !== forward.endpoint.address;
}
