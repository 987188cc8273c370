import type { State } from './app-state.ts';
import type { Config } from './config/config.ts';
import { decide } from './core/decide.ts';
import { explain } from './core/explain.ts';
import type { RecordSink } from './core/request-record.ts';
import { joinSinks } from './core/request-record.ts';
import { createDecisionMetadata } from './extproc/decision-metadata.ts';
import type { ExtProcService } from './server/ext-proc-call.ts';
import type { ObservedMetrics } from './server/request-observer.ts';
import { observeRequest } from './server/request-observer.ts';
import { createExtProcService } from './server/stream.ts';
import type { TimerWheel } from './server/timer-wheel.ts';
import type { Watcher } from './server/watcher.ts';
import type { Log } from './telemetry/log.ts';
import { throttle } from './telemetry/throttle.ts';

/** How long Envoy may take to send a body before the header reply, where only that tells the mode. */
const MODE_WAIT_MS = 50;

/** Pods that the explanation of a request names, so that those that are kept stay small in a large pool. */
const EXPLAINED_PODS = 10;

/** What the ext_proc service is built from. */
export interface ServiceDeps {
  readonly config: Config;
  readonly state: State;
  readonly metrics: ObservedMetrics & {
    readonly fault: () => void;
    /** A decision took so long. */
    readonly decisionTook: (seconds: number) => void;
  };
  readonly wheel: TimerWheel;
  readonly log: Log;
  readonly random: () => number;
  /** Who is told what became of each request. */
  readonly records: readonly RecordSink[];
  /** Who looks closer at some requests. */
  readonly watchers: readonly Watcher[];
  /** Milliseconds since the epoch. */
  readonly epochMs: () => number;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/** Builds the ext_proc service: each request is decided on the snapshot and load of its moment. */
export function createService(deps: ServiceDeps): ExtProcService {
  const { config, state, metrics, wheel, log, random, records, watchers, epochMs, now } = deps;
  const { store, table, ledger, budget } = state;
  const byLog = config.responseSignals === 'access-log';
  const record = byLog ? onlyRejections(joinSinks(records)) : joinSinks(records);
  const told = byLog ? { ...metrics, servedElsewhere: () => undefined } : metrics;
  const logFault = throttle<unknown>(now, (err, leftOut) => log.error({ err, leftOut }, 'fault'));
  const observer = { ledger, metrics: told, record, watchers, epochMs, now };
  return createExtProcService({
    decide: (request, { origin, depth }) => {
      const startedMs = now();
      const context = { snapshot: store.current(), load: table, random, options: config, origin };
      const decision =
        depth === 'plain' ? decide(request, context) : explain(request, context, EXPLAINED_PODS);
      metrics.decisionTook((now() - startedMs) / 1000);
      return decision;
    },
    describe: createDecisionMetadata({ forAccessLog: byLog }),
    debugHeader: config.allowDebugHeader,
    limits: { maxBodyBytes: config.maxBodyBytes, budget, readsPrompts: config.prefixAffinity },
    cutThrough: config.cutThrough,
    injectIncludeUsage: config.injectIncludeUsage,
    maxStreams: config.maxStreams,
    bodyMode: config.bodyMode,
    responseBodyMode: config.responseBodyMode,
    timeouts: {
      modeMs: MODE_WAIT_MS,
      bodyIdleMs: config.bodyIdleTimeout,
      decisionMs: config.decisionTimeout,
    },
    wheel,
    observe: () => observeRequest(observer),
    onFault: (error) => {
      metrics.fault();
      logFault(error);
    },
  });
}

/** Of what is forwarded the access log tells, also of what no response came for; it cannot tell rejections apart. */
function onlyRejections(record: RecordSink): RecordSink {
  return (each) => {
    if (each.outcome === 'rejected') record(each);
  };
}
