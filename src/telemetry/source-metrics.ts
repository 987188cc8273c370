import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Freshness } from '../core/load-view.ts';
import type { MissingTarget } from '../core/missing-targets.ts';
import { createKubernetesMetrics, type KubernetesMetrics } from './kubernetes-metrics.ts';

/** Everything that is counted of pods, and of what was read from files. */
export interface SourceMetrics {
  readonly scraped: (address: string, durationMs: number) => void;
  readonly scrapeFailed: (address: string, fault: string) => void;
  readonly freshness: (address: string, freshness: Freshness) => void;
  /** Drops the series of endpoints that are served no more. */
  readonly endpoints: (served: ReadonlySet<string>) => void;
  readonly reloadError: (source: string) => void;
  readonly loaded: (source: string, counts: LoadCounts) => void;
  readonly conflicts: (count: number) => void;
  /** Replaces all that were missing before. */
  readonly missingTargets: (targets: readonly MissingTarget[]) => void;
  readonly drainCut: (streams: number) => void;
  readonly kubernetes: KubernetesMetrics;
}

/** What one reading of a source found. */
export interface LoadCounts {
  readonly objects: number;
  readonly problems: number;
  /** Objects of kinds that Serin does not use, by kind. */
  readonly skipped: ReadonlyMap<string, number>;
}

const SCRAPE_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const FRESHNESS: readonly Freshness[] = ['unknown', 'fresh', 'stale', 'dead'];

/** Registers the source metrics; `now` is a clock in milliseconds. */
export function createSourceMetrics(registry: Registry, now: () => number): SourceMetrics {
  const registers = [registry];
  const scrapes = new Histogram({
    name: 'serin_scrape_duration_seconds',
    help: 'Good scrapes of pods',
    buckets: SCRAPE_BUCKETS_S,
    registers,
  });
  const faults = new Counter({
    name: 'serin_scrape_errors_total',
    help: 'Failed scrapes, by endpoint and fault',
    labelNames: ['endpoint', 'fault'],
    registers,
  });
  const states = new Gauge({
    name: 'serin_endpoint_state',
    help: '1 for the state that an endpoint is in',
    labelNames: ['endpoint', 'state'],
    registers,
  });
  const scrapedAtMs = new Map<string, number>();
  const faultsOf = new Map<string, Set<string>>();
  let known: ReadonlySet<string> = new Set();
  new Gauge({
    name: 'serin_scrape_age_seconds',
    help: 'Since the last good scrape of an endpoint',
    labelNames: ['endpoint'],
    registers,
    collect() {
      this.reset();
      for (const [endpoint, atMs] of scrapedAtMs) this.set({ endpoint }, (now() - atMs) / 1000);
    },
  });

  function drop(endpoint: string): void {
    scrapedAtMs.delete(endpoint);
    for (const state of FRESHNESS) states.remove({ endpoint, state });
    for (const fault of faultsOf.get(endpoint) ?? []) faults.remove({ endpoint, fault });
    faultsOf.delete(endpoint);
  }

  return {
    scraped: (endpoint, durationMs) => {
      scrapes.observe(durationMs / 1000);
      scrapedAtMs.set(endpoint, now());
    },
    scrapeFailed: (endpoint, fault) => {
      faults.inc({ endpoint, fault });
      faultsOf.set(endpoint, (faultsOf.get(endpoint) ?? new Set()).add(fault));
    },
    freshness: (endpoint, freshness) => {
      for (const state of FRESHNESS) states.set({ endpoint, state }, state === freshness ? 1 : 0);
    },
    endpoints: (served) => {
      for (const endpoint of known) if (!served.has(endpoint)) drop(endpoint);
      known = served;
    },
    ...policyMetrics(registers),
    kubernetes: createKubernetesMetrics(registry, now),
  };
}

function policyMetrics(registers: Registry[]) {
  const reloadErrors = new Counter({
    name: 'serin_reload_errors_total',
    help: 'Problems found in manifests or endpoint files, each counted once',
    labelNames: ['source'],
    registers,
  });
  const objects = new Gauge({
    name: 'serin_objects',
    help: 'Objects in force, by source',
    labelNames: ['source'],
    registers,
  });
  const problems = new Gauge({
    name: 'serin_problems',
    help: 'Problems that stand, by source',
    labelNames: ['source'],
    registers,
  });
  const skipped = new Gauge({
    name: 'serin_skipped_objects',
    help: 'Objects of kinds that Serin does not use',
    labelNames: ['source', 'kind'],
    registers,
  });
  const skippedBefore = new Map<string, ReadonlyMap<string, number>>();
  const conflicts = new Gauge({
    name: 'serin_conflicts',
    help: 'Objects that lost a name or host to another one',
    registers,
  });
  const cut = new Counter({
    name: 'serin_drain_cut_streams_total',
    help: 'Streams that were still open when the drain timeout had passed',
    registers,
  });
  return {
    reloadError: (source: string) => reloadErrors.inc({ source }),
    loaded: (source: string, counts: LoadCounts) => {
      objects.set({ source }, counts.objects);
      problems.set({ source }, counts.problems);
      for (const kind of skippedBefore.get(source)?.keys() ?? []) skipped.remove({ source, kind });
      for (const [kind, count] of counts.skipped) skipped.set({ source, kind }, count);
      skippedBefore.set(source, counts.skipped);
    },
    conflicts: (count: number) => conflicts.set(count),
    missingTargets: missingGauge(registers),
    drainCut: (streams: number) => cut.inc(streams),
  };
}

function missingGauge(registers: Registry[]) {
  const missing = new Gauge({
    name: 'serin_target_missing',
    help: '1 for each target that no ready pod serves, whatever its weight',
    labelNames: ['namespace', 'pool', 'model', 'target'],
    registers,
  });
  return (targets: readonly MissingTarget[]): void => {
    missing.reset();
    for (const { pool: key, model, target } of targets) {
      const [namespace = '', pool = ''] = key.split('/');
      missing.set({ namespace, pool, model: model ?? '*', target }, 1);
    }
  };
}
