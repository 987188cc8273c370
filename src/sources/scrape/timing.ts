import type { ScrapeTiming } from './scrape-ports.ts';

/** What flags say about scrapes; all in milliseconds. */
export interface TimingFlags {
  readonly refreshMetricsInterval: number;
  readonly scrapeTimeout: number;
  readonly metricsStalenessThreshold: number;
}

/** An idle pod that was killed is noticed at its next scrape: well within half a second. */
const IDLE_INTERVAL_MS = 250;
const DEAD_INTERVAL_MS = 500;
const MODELS_INTERVAL_MS = 5_000;
const MODELS_TIMEOUT_MS = 2_000;

/** The timing that flags ask for; idle pods are scraped often enough for their figures not to go stale. */
export function timingOf(flags: TimingFlags): ScrapeTiming {
  const { refreshMetricsInterval, scrapeTimeout, metricsStalenessThreshold } = flags;
  const idleMs = Math.min(IDLE_INTERVAL_MS, metricsStalenessThreshold / 2);
  return {
    intervalMs: refreshMetricsInterval,
    idleIntervalMs: Math.max(refreshMetricsInterval, idleMs),
    timeoutMs: scrapeTimeout,
    deadIntervalMs: DEAD_INTERVAL_MS,
    stalenessMs: metricsStalenessThreshold,
    modelsIntervalMs: MODELS_INTERVAL_MS,
    modelsTimeoutMs: MODELS_TIMEOUT_MS,
  };
}
