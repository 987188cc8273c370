import type { Endpoint } from '../../core/snapshot.ts';
import { pause } from '../files/wake.ts';
import type { Health } from './health.ts';
import { createHealth } from './health.ts';
import type { GetResult } from './http-get.ts';
import type { IdleWatch } from './idle-watch.ts';
import { createMetricsReader, type PageReading } from './metrics-reader.ts';
import type { LoadFigures } from './parse-metrics.ts';
import type { ScrapeDeps, ScrapeFault } from './scrape-ports.ts';

/** What a pod without figures was sent stops counting after this long, since no scrape will ever show it. */
const UNSEEN_MS = 60_000;

/** Told what a loop finds. */
export interface LoadListener {
  /** A scrape is over, whatever came of it. */
  readonly tried: () => void;
  /** A pod that was dead answers: it may be another process that serves other models. */
  readonly revived: () => void;
}

/** One endpoint, and what its loop needs. */
export interface LoadLoop {
  readonly endpoint: Endpoint;
  readonly deps: ScrapeDeps;
  readonly listener: LoadListener;
  /** For longer than one interval a loop rests only as long as it allows. */
  readonly watch: IdleWatch;
  /** How long to wait with the first scrape, so that those of many new endpoints do not fall together. */
  readonly delayMs: number;
}

interface Loop {
  readonly endpoint: Endpoint;
  readonly deps: ScrapeDeps;
  readonly watch: IdleWatch;
  readonly health: Health;
  readonly startPage: () => PageReading;
}

/**
 * Scrapes one endpoint until the signal aborts, each one in a loop of its own, so that a slow pod delays no
 * other. A pod that has work or trouble is scraped every `intervalMs`, an idle one as seldom as the watch says
 * or as soon as it is sent something, a dead one every `deadIntervalMs`.
 */
export async function runLoadLoop(
  { endpoint, deps, listener, watch, delayMs }: LoadLoop,
  signal: AbortSignal,
): Promise<void> {
  const health = createHealth(endpoint, deps);
  const loop = { endpoint, deps, watch, health, startPage: createMetricsReader() };
  await pause(delayMs, signal);
  // The first pause is any part of a whole one, and each later one a little longer or shorter than it: that
  // keeps the scrapes of many pods, and of many replicas, apart.
  for (let part = deps.random(); !signal.aborted; part = 0.95 + 0.1 * deps.random()) {
    const wasDead = health.isDead();
    const startedAtMs = deps.now();
    const pauseMs = await scrape(loop, signal);
    if (signal.aborted) break;
    listener.tried();
    if (wasDead && !health.isDead()) listener.revived();
    const restMs = restOf(pauseMs * part, deps.now() - startedAtMs);
    if (pauseMs > deps.timing.intervalMs) await watch.rest(endpoint.slot, restMs, signal);
    else await pause(restMs, signal);
  }
  health.close();
}

/** An interval is from start to start, or the view of a slow pod would be old; but it gets its time to breathe. */
function restOf(intervalMs: number, tookMs: number): number {
  return Math.max(intervalMs - tookMs, intervalMs / 2);
}

/** Scrapes once; returns after how long to begin the next time. */
async function scrape(loop: Loop, signal: AbortSignal): Promise<number> {
  const { endpoint, deps, health } = loop;
  const { timing, observer, now } = deps;
  const startedAtMs = now();
  const page = loop.startPage();
  const result = await deps.get({
    address: endpoint.address,
    path: deps.metricsPath,
    headers: {},
    timeoutMs: timing.timeoutMs,
    signal,
    onPiece: page.take,
  });
  if (signal.aborted) return 0;
  const fault = faultOf(result);
  if (fault !== undefined) {
    observer.failed(endpoint, fault);
    health.failed(fault);
    return health.isDead() ? timing.deadIntervalMs : timing.intervalMs;
  }
  const figures = figuresOf(result, page);
  // The whole page is searched the next time, so this happens once.
  if (figures === 'moved') return scrape(loop, signal);
  observer.scraped(endpoint, now() - startedAtMs);
  return take(loop, figures, startedAtMs);
}

function take(
  { endpoint, deps, watch, health }: Loop,
  figures: LoadFigures | undefined,
  startedAtMs: number,
): number {
  const { slot } = endpoint;
  const { table, timing } = deps;
  if (figures === undefined) {
    // The pod lives, but only what was sent to it is known of its load.
    table.forget(slot);
    deps.settleSeen(slot, startedAtMs - UNSEEN_MS);
    health.silent();
    return watch.idleMs();
  }
  table.record(slot, figures);
  deps.settleSeen(slot, startedAtMs);
  health.told();
  const busy = (figures.waiting ?? 0) + (figures.running ?? 0) + (table.sent[slot] ?? 0) > 0;
  if (busy) watch.worked();
  return busy ? timing.intervalMs : watch.idleMs();
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

/** Undefined if the answer tells neither who waits nor who runs: then it is no page of an engine known here. */
function figuresOf(result: GetResult, page: PageReading): LoadFigures | 'moved' | undefined {
  if (result.kind !== 'answered' || result.status !== 200) return undefined;
  const figures = page.end();
  if (figures === 'moved') return figures;
  return figures.waiting === undefined && figures.running === undefined ? undefined : figures;
}
