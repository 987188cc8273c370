import type { Span } from '@opentelemetry/api';
import type { RequestRecord } from '../../core/request-record.ts';
import type { Watch, Watcher } from '../../server/watcher.ts';
import { messageOf } from '../../sources/files/system-error.ts';
import { createRateLimit, type RateLimit } from '../../state/rate-limit.ts';
import type { Log } from '../log.ts';
import { throttle } from '../throttle.ts';
import { errorOf, operationOf, spanAttributes } from './span-attributes.ts';
import { loadTraceSdk, type TraceSdk } from './trace-sdk.ts';
import { readTraceSettings } from './trace-settings.ts';

/** Spans of requests. */
export interface Tracing {
  readonly watchers: readonly Watcher[];
  /** Exports what waits, as far as a moment allows. */
  readonly flush: () => Promise<void>;
}

/** What traces are built from. */
export interface TracingDeps {
  readonly env: { readonly [name: string]: string | undefined };
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Requests a second whose decision is explained; a trace may be told of each request, and large pools take long. */
  readonly explainedPerSecond: number;
}

const OFF: Tracing = { watchers: [], flush: async () => undefined };
const FLUSH_MS = 3_000;

/** `SpanKind.CLIENT` and `SpanStatusCode.ERROR`, whose module is not loaded for their sake. */
const CLIENT = 2;
const ERROR = 2;

/** Builds traces if OpenTelemetry's variables ask for them; trouble with them never keeps Serin from serving. */
export async function createTracing(deps: TracingDeps): Promise<Tracing> {
  const { env, log, now } = deps;
  const settings = readTraceSettings(env);
  if (settings.kind === 'off') {
    if (settings.problem !== undefined) log.warn({ problem: settings.problem }, 'no traces');
    return OFF;
  }
  const failed = throttle<string>(now, (problem, leftOut) =>
    log.warn({ problem, leftOut }, 'traces could not be exported; those spans are lost'),
  );
  try {
    const sdk = await loadTraceSdk(settings, failed);
    const explains = createRateLimit(deps.explainedPerSecond, now);
    return { watchers: [createTraceWatcher(sdk, explains)], flush: () => flush(sdk) };
  } catch (error) {
    log.warn({ problem: messageOf(error) }, 'no traces: the packages @opentelemetry/… cannot be loaded');
    return OFF;
  }
}

function createTraceWatcher(
  { tracer, contextOf }: Pick<TraceSdk, 'tracer' | 'contextOf'>,
  explains: RateLimit,
): Watcher {
  return {
    watch: ({ path, traceParent, traceState }, startTime, openedMs): Watch | undefined => {
      const operation = operationOf(path);
      const context = contextOf(traceParent, traceState);
      const span = tracer.startSpan(operation ?? 'request', { kind: CLIENT, startTime }, context);
      if (!span.isRecording()) return undefined;
      return {
        explains: explains(openedMs),
        ended: (record) => end(span, { record, operation, error: errorOf(record) }),
        abandoned: (record, error) => end(span, { record, operation, error }),
      };
    },
  };
}

interface Ended {
  readonly record: RequestRecord;
  readonly operation: string | undefined;
  readonly error: string | undefined;
}

function end(span: Span, { record, operation, error }: Ended): void {
  const { decided, startedAtMs, durationMs, firstTokenMs } = record;
  // The label of the model: nothing bounds the names that clients make up.
  span.updateName([operation ?? 'request', decided?.modelLabel].filter(Boolean).join(' '));
  span.setAttributes(spanAttributes(record, operation));
  if (error !== undefined) {
    span.setAttribute('error.type', error);
    span.setStatus({ code: ERROR, message: error });
  }
  if (firstTokenMs !== undefined) span.addEvent('serin.first_token', startedAtMs + firstTokenMs);
  span.end(startedAtMs + durationMs);
}

async function flush(sdk: TraceSdk): Promise<void> {
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(patience.resolve, FLUSH_MS);
  // What fails was told.
  await Promise.race([sdk.shutdown().catch(() => undefined), patience.promise]);
  clearTimeout(timer);
}
