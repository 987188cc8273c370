import { Gauge, type Registry } from 'prom-client';
import type { EntryResult } from '../accesslog/intake.ts';
import { createCounts } from './counts.ts';

/** What is counted of access logs; all labels come from closed sets. */
export interface AccessLogMetrics {
  readonly entry: (result: EntryResult) => void;
  readonly broken: (entries: number) => void;
  readonly streamOpened: () => void;
  readonly streamClosed: () => void;
  readonly refused: (reason: 'too_many_streams' | 'too_large') => void;
}

/** Registers the metrics of access logs. */
export function createAccessLogMetrics(registry: Registry): AccessLogMetrics {
  const entries = createCounts(registry, {
    name: 'serin_access_log_entries_total',
    help: "Entries of proxies' access logs, by what became of them",
    labelNames: ['result'],
  });
  const refused = createCounts(registry, {
    name: 'serin_access_log_refused_total',
    help: 'Access log streams that were refused or ended, by reason',
    labelNames: ['reason'],
  });
  const streams = new Gauge({
    name: 'serin_access_log_streams_open',
    help: 'Access log streams that are open',
    registers: [registry],
  });
  const broken: EntryResult = 'broken';
  return {
    entry: (result) => {
      entries.of(result).value += 1;
    },
    broken: (count) => {
      entries.of(broken).value += count;
    },
    streamOpened: () => streams.inc(),
    streamClosed: () => streams.dec(),
    refused: (reason) => {
      refused.of(reason).value += 1;
    },
  };
}
