import type { EntryResult, Intake } from '../accesslog/intake.ts';
import type { Batch } from '../accesslog/log-entry.ts';
import { MAX_BATCH_BYTES, MAX_ENTRIES } from '../accesslog/log-entry.ts';
import type { Call, CallHandlers } from './method.ts';
import type { GrpcStatus } from './status.ts';
import { StatusCode } from './status.ts';

/** Envoy's access log service; its one reply says that all entries of a stream were received. */
export interface AccessLogService {
  readonly accept: (call: Call<'received'>) => CallHandlers<Batch>;
  /** Ends the streams that are open and all that come, since none has an end of its own. */
  readonly endStreams: () => void;
}

/** What is counted of access logs. */
export interface CountedAccessLogs {
  readonly entry: (result: EntryResult) => void;
  readonly broken: (entries: number) => void;
  readonly streamOpened: () => void;
  readonly streamClosed: () => void;
  readonly refused: (reason: 'too_many_streams' | 'too_large') => void;
}

/** What the service is built from. */
export interface AccessLogDeps {
  readonly intake: Intake;
  readonly maxStreams: number;
  readonly metrics: CountedAccessLogs;
  /** A fault of Serin's own, which cost one entry. */
  readonly onFault: (error: unknown) => void;
}

const SHUTTING_DOWN = { code: StatusCode.unavailable, message: 'shutting down' };

/** Creates the service. */
export function createAccessLogService({
  intake,
  maxStreams,
  metrics,
  onFault,
}: AccessLogDeps): AccessLogService {
  const open = new Set<Call<'received'>>();
  let ending = false;

  /** One of the boundaries where an error is caught: a fault costs this entry and no other. */
  function take(entry: Parameters<Intake>[0]): void {
    try {
      metrics.entry(intake(entry));
    } catch (error) {
      onFault(error);
    }
  }

  function refusal(): GrpcStatus | undefined {
    if (ending) return SHUTTING_DOWN;
    if (open.size < maxStreams) return undefined;
    metrics.refused('too_many_streams');
    const message = `more than ${maxStreams} access log streams are open (--max-log-streams)`;
    return { code: StatusCode.resourceExhausted, message };
  }

  function receive(call: Call<'received'>, batch: Batch): void {
    if (batch.kind === 'too-large') {
      metrics.refused('too_large');
      const message = `more than ${MAX_ENTRIES} entries or ${MAX_BATCH_BYTES} bytes in a message`;
      return call.end({ code: StatusCode.resourceExhausted, message });
    }
    if (batch.broken > 0) metrics.broken(batch.broken);
    for (const entry of batch.entries) take(entry);
  }

  function accept(call: Call<'received'>): CallHandlers<Batch> {
    const refused = refusal();
    if (refused !== undefined) {
      call.end(refused);
      return { onMessage: () => undefined, onHalfClose: () => undefined, onClose: () => undefined };
    }
    open.add(call);
    metrics.streamOpened();
    return {
      onMessage: (batch) => receive(call, batch),
      onHalfClose: () => {
        call.send('received');
        call.end();
      },
      onClose: () => {
        open.delete(call);
        metrics.streamClosed();
      },
    };
  }

  return {
    accept,
    endStreams: () => {
      ending = true;
      for (const call of [...open]) call.end(SHUTTING_DOWN);
    },
  };
}
