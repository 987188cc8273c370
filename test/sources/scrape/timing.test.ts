import { describe, expect, it } from 'vitest';
import { timingOf } from '../../../src/sources/scrape/timing.ts';

const DEFAULTS = { refreshMetricsInterval: 50, scrapeTimeout: 1_000, metricsStalenessThreshold: 2_000 };

describe('timingOf', () => {
  it('takes interval, timeout and staleness from the flags, and reads models every 5 s', () => {
    expect(timingOf(DEFAULTS)).toEqual({
      intervalMs: 50,
      idleIntervalMs: 250,
      timeoutMs: 1_000,
      deadIntervalMs: 500,
      stalenessMs: 2_000,
      modelsIntervalMs: 5_000,
      modelsTimeoutMs: 2_000,
    });
  });

  it('scrapes an idle pod often enough to find it refused within 500 ms', () => {
    const longestPauseMs = timingOf(DEFAULTS).idleIntervalMs * 1.05;
    expect(longestPauseMs).toBeLessThan(500);
  });

  it('scrapes no pod more often than asked for, and idle ones before they go stale', () => {
    expect(timingOf({ ...DEFAULTS, refreshMetricsInterval: 1_000 }).idleIntervalMs).toBe(1_000);
    expect(timingOf({ ...DEFAULTS, metricsStalenessThreshold: 200 }).idleIntervalMs).toBe(100);
  });
});
