import { Registry } from 'prom-client';
import type { State } from './app-state.ts';
import type { Config } from './config/config.ts';
import type { RecordSink } from './core/request-record.ts';
import { type AccessLogMetrics, createAccessLogMetrics } from './telemetry/access-log-metrics.ts';
import { compatText } from './telemetry/compat-metrics.ts';
import { compatPoolText } from './telemetry/compat-pool-metrics.ts';
import { createDecisionMetrics } from './telemetry/decision-metrics.ts';
import { registerPolicyMetrics } from './telemetry/policy-metrics.ts';
import { registerProcessMetrics } from './telemetry/process-metrics.ts';
import { createRequestMetrics, type RequestMetrics } from './telemetry/request-metrics.ts';
import { createSourceMetrics, type SourceMetrics } from './telemetry/source-metrics.ts';
import type { NamedDecision } from './telemetry/target-figures.ts';
import { createTargetMetrics } from './telemetry/target-metrics.ts';

/** What of a forwarded request is counted. */
type CountedForward = NamedDecision & { readonly endpoint: { readonly address: string } };

/** Everything that is counted, and the page that shows it. */
export interface Metrics {
  readonly sources: SourceMetrics;
  readonly requests: RequestMetrics &
    Readonly<Record<'routed' | 'released', (forward: CountedForward) => void>> & {
      readonly decisionTook: (seconds: number) => void;
    };
  readonly entries: AccessLogMetrics;
  readonly record: RecordSink;
  /** The page and its content type: text format 0.0.4, whatever is asked for. */
  readonly page: () => Promise<{ readonly type: string; readonly text: string }>;
}

/** Builds the metrics; `now` is a monotonic clock in milliseconds. */
export function createMetrics(
  { compatMetrics }: Pick<Config, 'compatMetrics'>,
  { store, table, budget, inFlight }: State,
  { now, stop }: { readonly now: () => number; readonly stop: AbortSignal },
): Metrics {
  const registry = new Registry();
  const sources = createSourceMetrics(registry, now);
  const requests = createRequestMetrics(registry);
  const targets = createTargetMetrics();
  const decisions = createDecisionMetrics();
  const policy = { snapshot: store.current, load: table };
  registerPolicyMetrics(registry, policy);
  registerProcessMetrics(registry, budget.used, stop);
  store.subscribe(requests.follow);
  store.subscribe(targets.follow);
  const compat = { targets: targets.figures, rejections: requests.rejections, decisions: decisions.buckets };
  return {
    sources,
    requests: {
      ...requests,
      routed: (forward) => {
        targets.routed(forward);
        inFlight.began(forward.endpoint.address);
      },
      released: (forward) => {
        targets.released(forward);
        inFlight.ended(forward.endpoint.address);
      },
      decisionTook: decisions.took,
    },
    entries: createAccessLogMetrics(registry),
    record: targets.record,
    page: async () => {
      const own = [await registry.metrics(), decisions.text(), targets.text()];
      const others = compatMetrics ? [compatText(compat), compatPoolText(policy)] : [];
      return { type: registry.contentType, text: [...own, ...others].join('') };
    },
  };
}
