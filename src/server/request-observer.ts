import type { Forward } from '../core/decision.ts';
import type { RejectReason } from '../core/rejection.ts';
import type { Decided, RecordSink, ResponseFacts } from '../core/request-record.ts';
import { NO_RESPONSE } from '../core/request-record.ts';
import type { BodyMode, BodyModeSource } from '../extproc/body-mode.ts';
import type { Awaiting, Effect, OpaqueReason } from '../extproc/outcome.ts';
import type { StreamObserver } from './stream.ts';

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
  /** Milliseconds since the epoch. */
  readonly epochMs: () => number;
}

/** Creates the observer of one stream. Its end settles nothing: the response may outlive the stream. */
export function observeRequest<Entry>({
  ledger,
  metrics,
  record,
  epochMs,
}: ObserverDeps<Entry>): StreamObserver {
  const startedAtMs = epochMs();
  let entry: Entry | undefined;
  let forward: Forward | undefined;
  let reason: RejectReason | undefined;
  let response: ResponseFacts = NO_RESPONSE;
  metrics.streamOpened();

  function settle(): void {
    if (entry !== undefined) ledger.settled(entry);
  }

  function responded(status: number, served: string | undefined): void {
    response = { ...response, status, served, headersMs: epochMs() - startedAtMs };
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
        reason = each.rejection.reason;
        return metrics.rejected(reason);
      case 'opaque':
        return metrics.opaque(each.reason);
      case 'responded':
        return responded(each.status, each.served);
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
    effect,
    closed: (awaiting) => {
      metrics.streamClosed();
      if (awaiting !== 'nothing') metrics.streamReset(awaiting);
      if (reason === undefined && forward === undefined) return;
      record({
        via: 'stream',
        startedAtMs,
        durationMs: epochMs() - startedAtMs,
        outcome: reason === undefined ? 'forwarded' : 'rejected',
        reason,
        decided: forward === undefined ? undefined : decidedBy(forward),
        ...response,
      });
    },
  };
}

function decidedBy(forward: Forward): Decided {
  const { pool, route, model, target, role, group, modelLabel, targetLabel, endpoint } = forward;
  return { pool, route, model, target, role, group, modelLabel, targetLabel, endpoint: endpoint.address };
}
