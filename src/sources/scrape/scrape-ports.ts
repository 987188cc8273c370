import type { Freshness, ModelKind } from '../../core/load-view.ts';
import type { Endpoint } from '../../core/snapshot.ts';
import type { HttpGet } from './http-get.ts';
import type { LoadFigures } from './parse-metrics.ts';

/** Where scrapes put what they learn. */
export interface ScrapeTable {
  readonly record: (slot: number, figures: LoadFigures) => void;
  /** Drops the figures of a pod that tells none any more. */
  readonly forget: (slot: number) => void;
  readonly setFreshness: (slot: number, freshness: Freshness) => void;
  readonly setModels: (slot: number, models: ReadonlyMap<string, ModelKind> | undefined) => void;
  /** Requests sent to the endpoint that no scrape has seen yet, by slot. */
  readonly sent: ArrayLike<number>;
  /** Requests that were ever sent to the endpoint, by slot. */
  readonly dispatches: ArrayLike<number>;
}

/** Told when a scrape has shown what had reached a pod by its start. */
export type SettleSeen = (slot: number, startedAtMs: number) => void;

/** Why a scrape failed; a metric label. */
export type ScrapeFault = 'refused' | 'timeout' | 'too_large' | 'connection' | 'certificate' | 'status';

/** Why a pod's models are not known. */
export type ModelsFault = Exclude<ScrapeFault, 'refused'> | 'unreadable';

/** What is told of scrapes, for metrics and logs. */
export interface ScrapeObserver {
  readonly scraped: (endpoint: Endpoint, durationMs: number) => void;
  readonly failed: (endpoint: Endpoint, fault: ScrapeFault) => void;
  readonly freshness: (endpoint: Endpoint, freshness: Freshness) => void;
  /** The models of a pod are not known: it answers without them, or not at all. */
  readonly modelsUnknown: (endpoint: Endpoint, fault: ModelsFault) => void;
}

/** How often and how patiently pods are asked; all in milliseconds. */
export interface ScrapeTiming {
  /** Between scrapes of a pod that has work. */
  readonly intervalMs: number;
  /** Between scrapes of a pod without any, and never shorter; bounds how long a killed pod goes unnoticed. */
  readonly idleIntervalMs: number;
  /** The same once no pod has had work for `quietAfterMs`; its connection's end ends such a pause. */
  readonly quietIntervalMs: number;
  readonly quietAfterMs: number;
  readonly timeoutMs: number;
  /** Between scrapes of a dead pod. */
  readonly deadIntervalMs: number;
  /** Figures older than this are stale. */
  readonly stalenessMs: number;
  readonly modelsIntervalMs: number;
  /** Longer than a scrape's: a list that comes late is better than none. */
  readonly modelsTimeoutMs: number;
}

/** What the loops of one endpoint need. */
export interface ScrapeDeps {
  readonly get: HttpGet;
  readonly table: ScrapeTable;
  readonly settleSeen: SettleSeen;
  readonly observer: ScrapeObserver;
  readonly timing: ScrapeTiming;
  /** Where pods show their metrics. */
  readonly metricsPath: string;
  /** The key that `/v1/models` wants, read anew each time since its file may rotate. */
  readonly apiKey: () => string | undefined;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Uniform in [0, 1), to spread the scrapes of many pods. */
  readonly random: () => number;
}
