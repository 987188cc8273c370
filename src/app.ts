import { setTimeout as sleep } from 'node:timers/promises';
import { aborted } from './aborted.ts';
import { createAccessLog } from './app-access-log.ts';
import { startAdminPorts } from './app-admin.ts';
import { followAvailability } from './app-availability.ts';
import { createDecisions } from './app-decisions.ts';
import { createLive } from './app-live.ts';
import { createMetrics } from './app-metrics.ts';
import { anyAddress, createGrpcPorts } from './app-ports.ts';
import { createService } from './app-service.ts';
import { createFollowingScraper, createSources, type RunningSource } from './app-sources.ts';
import { createState } from './app-state.ts';
import type { Config } from './config/config.ts';
import { drain } from './server/drain.ts';
import { createHealth } from './server/health.ts';
import { createReadiness } from './server/readiness.ts';
import { snapshotPage } from './server/snapshot-page.ts';
import { createTimerWheel } from './server/timer-wheel.ts';
import { createRateLimit } from './state/rate-limit.ts';
import type { Log } from './telemetry/log.ts';
import { createRequestLog } from './telemetry/request-log.ts';

/** A first scrape round that takes longer does not keep the process from being ready. */
const FIRST_ROUND_MS = 2_000;
const WHEEL_TICK_MS = 25;

/** What `serin serve` has of its process. */
export interface Process {
  readonly config: Config;
  readonly log: Log;
  /** For OpenTelemetry, whose variables are no flags. */
  readonly env: { readonly [name: string]: string | undefined };
}

/** Runs `serin serve` until `signal` aborts and everything has drained; rejects if it cannot start. */
export async function serve({ config, log, env }: Process, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  try {
    await run({ config, log, env }, { shutdown: signal, stop: stop.signal });
  } finally {
    stop.abort();
  }
}

interface Signals {
  /** Asks for a drain. */
  readonly shutdown: AbortSignal;
  /** Ends everything that is still running. */
  readonly stop: AbortSignal;
}

async function run({ config, log, env }: Process, { shutdown, stop }: Signals): Promise<void> {
  const now = () => performance.now();
  const random = Math.random;
  const epochMs = Date.now;
  const state = createState(config, { now, epochMs });
  const {
    sources: metrics,
    requests: requestMetrics,
    entries,
    record,
    page,
  } = createMetrics(config, state, { now, stop });

  const { store, table: load, problems } = state;
  followAvailability({ config, state, metrics, log, epochMs });
  const sourceDeps = { config, store, load, problems, metrics, log, now, random };
  const live = createLive({ config, state, log, now, epochMs }, stop);
  const scraper = createFollowingScraper({ ...sourceDeps, ...state }, stop);
  const sources = createSources(sourceDeps);
  const decisions = await createDecisions({ config, state, env, log, now, random });
  const wheel = createTimerWheel({ tickMs: WHEEL_TICK_MS, now });
  const health = createHealth();
  const logRequest = createRequestLog(log, createRateLimit(config.requestLogRate, now));
  const told = {
    ...{ config, state, metrics: requestMetrics, log, epochMs },
    records: [logRequest, record, ...live.records],
  };
  const services = {
    extProc: createService({ ...told, watchers: decisions.watchers, wheel, random, now }),
    accessLog: createAccessLog({ ...told, entries }),
  };
  const ports = { ...services, health, wheel, now, log, metrics: requestMetrics };
  const grpc = await createGrpcPorts(config, ports);
  // A port or a loop that stays would keep a process alive that could not start.
  stop.addEventListener('abort', () => {
    grpc.main.close();
    grpc.probes.close();
  });
  const parts = [scraper, wheel, live, ...sources, ...(grpc.tls === undefined ? [] : [grpc.tls])];
  const fatal = firstFault(parts.map((part) => part.run(stop)));
  const readiness = createReadiness([
    ...sources.map(({ condition }) => condition),
    { name: 'first scrape round', met: firstRound(sources, scraper.firstRound) },
  ]);

  const host = config.bindAddress ?? anyAddress();
  const grpcPort = await grpc.main.listen(host, config.grpcPort);
  const grpcHealthPort = await grpc.probes.listen(host, config.grpcHealthPort);
  const notReady = () => (shutdown.aborted ? ['shutting down'] : readiness.waitingFor());
  const figures = {
    metrics: page,
    notReady,
    details: () => detailsOf(sources),
    snapshot: () => ({
      ...snapshotPage(state.store.current(), state.table, state.store.conflicts()),
      ...detailsOf(sources),
    }),
    status: () => live.status(notReady()),
    windows: live.windows,
  };
  const http = await startAdminPorts(config, { host, figures, morePages: decisions.pages, now, log }, stop);
  log.info({ grpcPort, grpcHealthPort, ...http, tls: config.secureServing }, 'listening');

  await Promise.race([fatal, readiness.ready, aborted(shutdown)]);
  health.setReady(!shutdown.aborted);
  if (!shutdown.aborted) log.info('ready');
  await Promise.race([fatal, aborted(shutdown)]);
  const cut = await drain(
    { notReady: () => health.setReady(false), openStreams: requestMetrics.openStreams, ...grpc.main },
    { delayMs: config.drainDelay, timeoutMs: config.drainTimeout },
  );
  await decisions.flush();
  metrics.drainCut(cut);
  log.info({ cutStreams: cut }, 'stopped');
}

/** What sources say of how old their view is, by their names. */
function detailsOf(sources: readonly RunningSource[]): object {
  return Object.fromEntries(
    sources.flatMap(({ condition, detail }) => (detail === undefined ? [] : [[condition.name, detail()]])),
  );
}

/** The first scrape of every pod that the sources named, or two seconds, whichever is sooner. */
async function firstRound(
  sources: readonly { readonly condition: { readonly met: Promise<void> } }[],
  scraped: () => Promise<void>,
): Promise<void> {
  const read = Promise.all(sources.map(({ condition }) => condition.met)).then(scraped);
  await Promise.race([read, sleep(FIRST_ROUND_MS, undefined, { ref: false })]);
}

/** Rejects with the first fault of a part, and never settles otherwise; it may come while nobody looks. */
function firstFault(running: readonly Promise<void>[]): Promise<never> {
  const fault = new Promise<never>((_, reject) => {
    for (const part of running) part.catch(reject);
  });
  fault.catch(() => undefined);
  return fault;
}
