import { createIntake } from './accesslog/intake.ts';
import { createKnownNames } from './accesslog/known-names.ts';
import type { State } from './app-state.ts';
import type { Config } from './config/config.ts';
import type { RecordSink } from './core/request-record.ts';
import { joinSinks } from './core/request-record.ts';
import type { AccessLogService } from './server/access-log.ts';
import { createAccessLogService } from './server/access-log.ts';
import type { AccessLogMetrics } from './telemetry/access-log-metrics.ts';
import type { Log } from './telemetry/log.ts';
import { throttle } from './telemetry/throttle.ts';

/** What the access log service is built from. */
export interface AccessLogDeps {
  readonly config: Config;
  readonly state: State;
  readonly entries: AccessLogMetrics;
  readonly metrics: { readonly fault: () => void; readonly servedElsewhere: () => void };
  readonly log: Log;
  /** Who is told what became of each request. */
  readonly records: readonly RecordSink[];
  /** Milliseconds since the epoch. */
  readonly epochMs: () => number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Builds the access log service: its entries tell of requests if the config says so, and else are counted only. */
export function createAccessLog(deps: AccessLogDeps): AccessLogService {
  const { config, state, entries, metrics, log, records, epochMs, now } = deps;
  const logFault = throttle<unknown>(now, (err, leftOut) => log.error({ err, leftOut }, 'fault'));
  return createAccessLogService({
    intake: createIntake({
      recording: config.responseSignals === 'access-log',
      bound: createKnownNames({ snapshot: state.store.current, load: state.table }),
      record: joinSinks(records),
      servedElsewhere: metrics.servedElsewhere,
      epochMs,
    }),
    maxStreams: config.maxLogStreams,
    metrics: entries,
    onFault: (error) => {
      metrics.fault();
      logFault(error);
    },
  });
}
