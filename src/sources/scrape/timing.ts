import type { ScrapeTiming } from './scrape-ports.ts';

/** What flags say about scrapes; all times in milliseconds. */
export interface TimingFlags {
  readonly modelServerMetricsScheme: 'http' | 'https';
  readonly refreshMetricsInterval: number;
  readonly scrapeTimeout: number;
  readonly metricsStalenessThreshold: number;
}

/** An idle pod that was killed is noticed at its next scrape: well within half a second. */
const IDLE_INTERVAL_MS = 250;
/** Only the client for plaintext tells that a connection has ended, and so that a pod may have. */
const QUIET_INTERVAL_MS = { http: 1_000, https: IDLE_INTERVAL_MS };
/** Longer than the pauses between requests of a pool that is in use. */
const QUIET_AFTER_MS = 10_000;
const DEAD_INTERVAL_MS = 500;
const MODELS_INTERVAL_MS = 5_000;
const MODELS_TIMEOUT_MS = 2_000;

/** The timing that flags ask for; idle pods are scraped often enough for their figures not to go stale. */
export function timingOf(flags: TimingFlags): ScrapeTiming {
  const { refreshMetricsInterval, scrapeTimeout, metricsStalenessThreshold } = flags;
  const quietMs = QUIET_INTERVAL_MS[flags.modelServerMetricsScheme];
  const seldom = (ms: number) =>
    Math.max(refreshMetricsInterval, Math.min(ms, metricsStalenessThreshold / 2));
  return {
    intervalMs: refreshMetricsInterval,
    idleIntervalMs: seldom(IDLE_INTERVAL_MS),
    quietIntervalMs: seldom(quietMs),
    quietAfterMs: QUIET_AFTER_MS,
    timeoutMs: scrapeTimeout,
    deadIntervalMs: DEAD_INTERVAL_MS,
    stalenessMs: metricsStalenessThreshold,
    modelsIntervalMs: MODELS_INTERVAL_MS,
    modelsTimeoutMs: MODELS_TIMEOUT_MS,
  };
}
