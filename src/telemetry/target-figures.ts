import type { Decided, NoUsageReason, RequestRecord, TokenUsage } from '../core/request-record.ts';
import { createHistogram, type Histogram } from './histogram.ts';
import { poolLabels } from './pool-labels.ts';

/** What is counted of the requests that went to one target of one model. */
export interface TargetFigures {
  readonly names: TargetNames;
  /** Requests that were forwarded. */
  routed: number;
  /** Those of them whose stream is open. */
  open: number;
  /** Responses by class of status; `none` if no response was seen. */
  readonly classes: Record<StatusClass, number>;
  promptTokens: number;
  completionTokens: number;
  readonly noUsage: Record<NoUsageReason, number>;
  readonly headersS: Histogram;
  readonly firstTokenS: Histogram;
  readonly durationS: Histogram;
  readonly promptTokensOf: Histogram;
  readonly completionTokensOf: Histogram;
  readonly tokenS: Histogram;
  readonly requestBytes: Histogram;
  readonly responseBytes: Histogram;
}

/** The names by which figures are kept; all are safe as labels. */
export interface TargetNames {
  readonly namespace: string;
  readonly pool: string;
  readonly model: string;
  readonly target: string;
  readonly group: string;
  readonly role: string;
  readonly route: string;
}

/** Classes of status; 1xx never ends a request. */
export type StatusClass = '2xx' | '3xx' | '4xx' | '5xx' | 'none';

/** Bounds of latencies: those of the Go pickers, so that their dashboards read the same buckets here. */
const LATENCY_BOUNDS_S = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60, 120,
  180, 240, 300, 360, 480, 600, 900, 1200, 1800, 2700, 3600,
];
/** Model servers answer headers and first tokens within a minute, or nobody waits for them. */
const SHORT_BOUNDS_S = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1, 1.5, 2, 3, 5, 8, 15, 30, 60,
];
// 32778 and not 32768: so the Go pickers have it, and dashboards may name the bucket.
const PROMPT_BOUNDS = [
  1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32778, 65536, 131072, 262144, 524288,
  1048576,
];
const COMPLETION_BOUNDS = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
const TOKEN_BOUNDS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** 64 to 2^30. */
const REQUEST_BOUNDS_BYTES = Array.from({ length: 25 }, (_, index) => 64 * 2 ** index);
const RESPONSE_BOUNDS_BYTES = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32778, 65536];

/** Creates figures that are 0. */
export function createTargetFigures(names: TargetNames): TargetFigures {
  return {
    names,
    routed: 0,
    open: 0,
    classes: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 },
    promptTokens: 0,
    completionTokens: 0,
    noUsage: { unread: 0, opaque: 0, cut: 0, absent: 0 },
    headersS: createHistogram(SHORT_BOUNDS_S),
    firstTokenS: createHistogram(SHORT_BOUNDS_S),
    durationS: createHistogram(LATENCY_BOUNDS_S),
    promptTokensOf: createHistogram(PROMPT_BOUNDS),
    completionTokensOf: createHistogram(COMPLETION_BOUNDS),
    tokenS: createHistogram(TOKEN_BOUNDS_S),
    requestBytes: createHistogram(REQUEST_BOUNDS_BYTES),
    responseBytes: createHistogram(RESPONSE_BOUNDS_BYTES),
  };
}

/** The names of what was decided. */
export function namesOf(decided: NamedDecision): TargetNames {
  const { pool, modelLabel, targetLabel, group, role, route } = decided;
  return {
    ...poolLabels(pool),
    model: modelLabel,
    target: targetLabel,
    group: group ?? '',
    role: role ?? '',
    route,
  };
}

/** What of a decision its figures are kept by. */
export type NamedDecision = Pick<Decided, 'pool' | 'modelLabel' | 'targetLabel' | 'group' | 'role' | 'route'>;

/** Counts a request that is over and was forwarded. */
export function countResponse(figures: TargetFigures, record: RequestRecord): void {
  const { status, usage, noUsage, durationMs } = record;
  figures.classes[classOf(status)] += 1;
  // A request that nobody answered has no duration to speak of: its client went away, or its proxy.
  if (status !== undefined) figures.durationS.observe(durationMs / 1000);
  if (record.headersMs !== undefined) figures.headersS.observe(record.headersMs / 1000);
  if (record.firstTokenMs !== undefined) figures.firstTokenS.observe(record.firstTokenMs / 1000);
  if (record.requestBytes !== undefined) figures.requestBytes.observe(record.requestBytes);
  if (record.responseBytes !== undefined) figures.responseBytes.observe(record.responseBytes);
  if (noUsage !== undefined) figures.noUsage[noUsage] += 1;
  if (usage !== undefined) countTokens(figures, usage, durationMs);
}

function countTokens(figures: TargetFigures, usage: TokenUsage, durationMs: number): void {
  figures.promptTokens += usage.promptTokens;
  figures.completionTokens += usage.completionTokens;
  figures.promptTokensOf.observe(usage.promptTokens);
  figures.completionTokensOf.observe(usage.completionTokens);
  if (usage.completionTokens > 0) figures.tokenS.observe(durationMs / 1000 / usage.completionTokens);
}

function classOf(status: number | undefined): StatusClass {
  if (status === undefined) return 'none';
  if (status < 300) return '2xx';
  if (status < 400) return '3xx';
  return status < 500 ? '4xx' : '5xx';
}
