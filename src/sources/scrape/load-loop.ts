import { setTimeout as sleep } from 'node:timers/promises';
import type { Freshness } from '../../core/load-view.ts';
import type { Endpoint } from '../../core/snapshot.ts';
import type { GetResult } from './http-get.ts';
import { parseMetrics, type LoadFigures } from './parse-metrics.ts';
import type { ScrapeDeps, ScrapeFault } from './scrape-ports.ts';

/** A pod gets no request after this many failed scrapes in a row; a refused connection counts for all. */
const FAILURES_TO_DEATH = 2;
/** What a pod without figures was sent stops counting after this long, since no scrape will ever show it. */
const UNSEEN_MS = 60_000;

/** The health of one endpoint between its scrapes. */
interface Health {
  failures: number;
  freshness: Freshness;
  succeededAtMs: number;
}

/**
 * Scrapes one endpoint until the signal aborts, each one in a loop of its own, so that a slow pod delays no
 * other. `onFirst` is called when the first scrape is over, whatever came of it.
 */
export async function runLoadLoop(
  endpoint: Endpoint,
  deps: ScrapeDeps,
  signal: AbortSignal,
  onFirst: () => void,
): Promise<void> {
  const health: Health = { failures: 0, freshness: 'unknown', succeededAtMs: deps.now() };
  while (!signal.aborted) {
    const pauseMs = await scrape(endpoint, health, deps, signal);
    onFirst();
    // A tenth of jitter keeps the scrapes of many pods, and of many replicas, apart.
    await sleep(pauseMs * (0.95 + 0.1 * deps.random()), undefined, { signal }).catch(() => undefined);
  }
}

/** Scrapes once; returns how long to wait for the next time. */
async function scrape(
  endpoint: Endpoint,
  health: Health,
  deps: ScrapeDeps,
  signal: AbortSignal,
): Promise<number> {
  const startedAtMs = deps.now();
  const { timeoutMs } = deps.timing;
  const result = await deps.get({
    address: endpoint.address,
    path: '/metrics',
    headers: {},
    timeoutMs,
    signal,
  });
  if (signal.aborted) return 0;
  const fault = faultOf(result);
  if (fault !== undefined) return failed(endpoint, fault, health, deps);
  health.failures = 0;
  health.succeededAtMs = startedAtMs;
  deps.observer.scraped(endpoint, deps.now() - startedAtMs);
  if (result.kind === 'answered' && result.status === 200) {
    return loaded(endpoint, parseMetrics(result.body), startedAtMs, { health, deps });
  }
  // The pod lives but tells no figures: only what was sent to it counts.
  deps.settleSeen(endpoint.slot, startedAtMs - UNSEEN_MS);
  setFreshness(endpoint, 'unknown', health, deps);
  return deps.timing.idleIntervalMs;
}

interface Loop {
  readonly health: Health;
  readonly deps: ScrapeDeps;
}

function loaded(
  endpoint: Endpoint,
  figures: LoadFigures,
  startedAtMs: number,
  { health, deps }: Loop,
): number {
  const { table, timing } = deps;
  table.record(endpoint.slot, figures);
  deps.settleSeen(endpoint.slot, startedAtMs);
  setFreshness(endpoint, 'fresh', health, deps);
  const busy = (figures.waiting ?? 0) + (figures.running ?? 0) + (table.sent[endpoint.slot] ?? 0) > 0;
  return busy ? timing.intervalMs : Math.max(timing.intervalMs, timing.idleIntervalMs);
}

/** A page that a pod does not have is no fault: it may be another engine, or sit behind a proxy. */
function faultOf(result: GetResult): ScrapeFault | undefined {
  switch (result.kind) {
    case 'refused':
      return 'refused';
    case 'failed':
      return result.reason;
    case 'answered':
      return result.status < 500 ? undefined : 'status';
  }
}

function failed(endpoint: Endpoint, fault: ScrapeFault, health: Health, deps: ScrapeDeps): number {
  const { timing } = deps;
  health.failures += fault === 'refused' ? FAILURES_TO_DEATH : 1;
  deps.observer.failed(endpoint, fault);
  if (health.failures >= FAILURES_TO_DEATH) {
    setFreshness(endpoint, 'dead', health, deps);
    return timing.deadIntervalMs;
  }
  const old = deps.now() - health.succeededAtMs > timing.stalenessMs;
  if (old && health.freshness === 'fresh') setFreshness(endpoint, 'stale', health, deps);
  return timing.intervalMs;
}

function setFreshness(endpoint: Endpoint, freshness: Freshness, health: Health, deps: ScrapeDeps): void {
  if (health.freshness === freshness) return;
  health.freshness = freshness;
  deps.table.setFreshness(endpoint.slot, freshness);
  deps.observer.freshness(endpoint, freshness);
}
