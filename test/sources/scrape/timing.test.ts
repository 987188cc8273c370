import { describe, expect, it } from 'vitest';
import { type TimingFlags, timingOf } from '../../../src/sources/scrape/timing.ts';

const DEFAULTS = {
  modelServerMetricsScheme: 'http',
  refreshMetricsInterval: 50,
  scrapeTimeout: 1_000,
  metricsStalenessThreshold: 2_000,
} as const;

describe('timingOf', () => {
  it('takes interval, timeout and staleness from the flags, and reads models every 5 s', () => {
    expect(timingOf(DEFAULTS)).toEqual({
      intervalMs: 50,
      idleIntervalMs: 250,
      quietIntervalMs: 1_000,
      quietAfterMs: 10_000,
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

  it('scrapes a pod over TLS as often in a quiet time, since nothing tells that it has ended', () => {
    expect(timingOf({ ...DEFAULTS, modelServerMetricsScheme: 'https' }).quietIntervalMs).toBe(250);
  });

  it('scrapes no pod more often than asked for, and idle ones before they go stale', () => {
    const intervals = (flags: Partial<Omit<TimingFlags, 'modelServerMetricsScheme'>>) => {
      const { idleIntervalMs, quietIntervalMs } = timingOf({ ...DEFAULTS, ...flags });
      return [idleIntervalMs, quietIntervalMs];
    };
    expect(intervals({ refreshMetricsInterval: 1_500 })).toEqual([1_500, 1_500]);
    expect(intervals({ refreshMetricsInterval: 500 })).toEqual([500, 1_000]);
    expect(intervals({ metricsStalenessThreshold: 800 })).toEqual([250, 400]);
    expect(intervals({ metricsStalenessThreshold: 200 })).toEqual([100, 100]);
  });
});
