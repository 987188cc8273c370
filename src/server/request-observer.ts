import type { Forward } from '../core/decision.ts';
import type { RejectReason } from '../core/rejection.ts';
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

/** Where the one line of a request goes. */
export interface RequestLog {
  readonly request: (line: RequestLine) => void;
}

/** What is logged of a request: never its body, never a credential. */
export interface RequestLine {
  readonly outcome: 'forwarded' | 'rejected';
  readonly reason: RejectReason | undefined;
  readonly forward: Forward | undefined;
  readonly status: number | undefined;
}

/** What an observer hands the effects of a stream to. */
export interface ObserverDeps<Entry> {
  readonly ledger: ObservedLedger<Entry>;
  readonly metrics: ObservedMetrics;
  readonly log: RequestLog;
}

/** Creates the observer of one stream. Its end settles nothing: the response may outlive the stream. */
export function observeRequest<Entry>({ ledger, metrics, log }: ObserverDeps<Entry>): StreamObserver {
  let entry: Entry | undefined;
  let forward: Forward | undefined;
  let reason: RejectReason | undefined;
  let status: number | undefined;
  metrics.streamOpened();

  function settle(): void {
    if (entry !== undefined) ledger.settled(entry);
  }

  function responded(code: number, served: string | undefined): void {
    status = code;
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
      const outcome = reason === undefined ? 'forwarded' : 'rejected';
      if (reason !== undefined || forward !== undefined) log.request({ outcome, reason, forward, status });
    },
  };
}
