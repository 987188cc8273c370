import type { Forward } from '../core/decision.ts';
import type { RejectReason } from '../core/rejection.ts';
import type { Decided, RecordSink } from '../core/request-record.ts';
import type { BodyMode, BodyModeSource } from '../extproc/body-mode.ts';
import type { Awaiting, Effect, OpaqueReason } from '../extproc/outcome.ts';
import { createResponseNotes } from './response-facts.ts';
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
  /** Milliseconds since the epoch. */
  readonly epochMs: () => number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Creates the observer of one stream. Its end settles nothing: the response may outlive the stream. */
export function observeRequest<Entry>({
  ledger,
  metrics,
  record,
  epochMs,
  now,
}: ObserverDeps<Entry>): StreamObserver {
  const startedAtMs = epochMs();
  const openedMs = now();
  const elapsedMs = () => now() - openedMs;
  const response = createResponseNotes(elapsedMs);
  let entry: Entry | undefined;
  let forward: Forward | undefined;
  let routed: Forward | undefined;
  let reason: RejectReason | undefined;
  metrics.streamOpened();

  function left(awaiting: Awaiting): void {
    metrics.streamClosed();
    if (routed !== undefined) metrics.released(routed);
    if (awaiting !== 'nothing') metrics.streamReset(awaiting);
  }

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
        routed = each.forward;
        return metrics.routed(each.forward);
      case 'rejected':
        reason = each.rejection.reason;
        return metrics.rejected(reason);
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
    startedAtMs,
    effect,
    closed: (awaiting) => {
      left(awaiting);
      if (reason === undefined && forward === undefined) return;
      const facts = response.facts(forward?.model !== undefined);
      record({ startedAtMs, durationMs: elapsedMs(), ...becameOf(forward, reason), ...facts });
    },
  };
}

/** What was decided, and whether the request went on. */
function becameOf(forward: Forward | undefined, reason: RejectReason | undefined) {
  return {
    via: 'stream' as const,
    outcome: reason === undefined ? ('forwarded' as const) : ('rejected' as const),
    reason,
    decided: forward === undefined ? undefined : decidedBy(forward),
  };
}

function decidedBy(forward: Forward): Decided {
  const { pool, route, model, target, role, group, modelLabel, targetLabel, endpoint, key } = forward;
  const decided = { pool, route, model, target, role, group, modelLabel, targetLabel };
  return { ...decided, endpoint: endpoint.address, ...(key === undefined ? {} : { key }) };
}
