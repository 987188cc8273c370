import type { Forward } from '../core/decision.ts';
import type { Rejection, RejectReason } from '../core/rejection.ts';
import type { Decided, RecordSink, RequestRecord, ResponseFacts } from '../core/request-record.ts';
import type { BodyMode, BodyModeSource } from '../extproc/body-mode.ts';
import type { Awaiting, Effect, OpaqueReason } from '../extproc/outcome.ts';
import { createResponseNotes } from './response-facts.ts';
import type { StreamObserver } from './stream.ts';
import { createWatching, type Watcher } from './watcher.ts';

/** The ledger as a stream uses it; an entry is its own business. */
export interface ObservedLedger<Entry> {
  readonly dispatched: (slot: number, target: string | undefined) => Entry;
  readonly settled: (entry: Entry) => void;
}

/** What is counted of streams. */
export interface ObservedMetrics {
  readonly streamOpened: () => void;
  readonly streamClosed: () => void;
  /** The caller ended a stream that still waited for something. */
  readonly streamReset: (awaiting: Exclude<Awaiting, 'nothing'>) => void;
  readonly modeResolved: (mode: BodyMode, source: BodyModeSource) => void;
  readonly routed: (forward: Forward) => void;
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
  const response = createResponseNotes(elapsedMs);
  let entry: Entry | undefined;
  let forward: Forward | undefined;
  let rejection: Rejection | undefined;
  const watching = createWatching(watchers, startedAtMs);
  metrics.streamOpened();

  function settle(): void {
    if (entry !== undefined) ledger.settled(entry);
  }

  function responded(each: Extract<Effect, { kind: 'responded' }>): void {
    response.responded(each);
    const { served } = each;
    if (served !== undefined && forward !== undefined && served !== forward.endpoint.address) {
      metrics.servedElsewhere();
    }
  }

  function effect(each: Effect): void {
    switch (each.kind) {
      case 'mode-resolved':
        return metrics.modeResolved(each.mode, each.source);
      case 'dispatched':
        entry = ledger.dispatched(each.forward.endpoint.slot, each.forward.target);
        forward = each.forward;
        return metrics.dispatched(each.forward.endpoint.address);
      case 'routed':
        forward = each.forward;
        return metrics.routed(each.forward);
      case 'rejected':
        rejection = each.rejection;
        return metrics.rejected(rejection.reason);
      case 'opaque':
        return metrics.opaque(each.reason);
      case 'responded':
        return responded(each);
      case 'first-token':
        return response.firstToken();
      case 'response-ended':
        return response.ended(each);
      case 'unreached':
      case 'finished':
        return settle();
      case 'protocol-error':
        return metrics.protocolError();
      case 'held':
        return undefined;
    }
  }

  return {
    began: watching.began,
    explains: watching.explains,
    effect,
    closed: (awaiting) => {
      metrics.streamClosed();
      if (awaiting !== 'nothing') metrics.streamReset(awaiting);
      if (rejection === undefined && forward === undefined) return;
      const told = recordOf({
        ...{ ...watching.id(), startedAtMs, durationMs: elapsedMs(), forward, rejection },
        response: response.facts(forward?.model !== undefined),
      });
      record(told);
      watching.ended(told);
    },
  };
}

interface Ended {
  readonly id?: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly forward: Forward | undefined;
  readonly rejection: Rejection | undefined;
  readonly response: ResponseFacts;
}

function recordOf({ forward, rejection, response, ...ended }: Ended): RequestRecord {
  const explanation = (rejection ?? forward)?.explanation;
  return {
    via: 'stream',
    ...ended,
    outcome: rejection === undefined ? 'forwarded' : 'rejected',
    reason: rejection?.reason,
    decided: forward === undefined ? undefined : decidedBy(forward),
    ...(explanation === undefined ? {} : { explanation }),
    ...response,
  };
}

function decidedBy(forward: Forward): Decided {
  const { pool, route, model, target, role, group, modelLabel, targetLabel, endpoint } = forward;
  return { pool, route, model, target, role, group, modelLabel, targetLabel, endpoint: endpoint.address };
}
