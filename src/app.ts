import { setTimeout as sleep } from 'node:timers/promises';
import { aborted } from './aborted.ts';
import { startAdminPorts } from './app-admin.ts';
import { createPicker, type Process } from './app-picker.ts';
import { anyAddress, createGrpcPorts } from './app-ports.ts';
import type { RunningSource } from './app-sources.ts';
import { drain } from './server/drain.ts';
import { createHealth } from './server/health.ts';
import { createReadiness } from './server/readiness.ts';
import { snapshotPage } from './server/snapshot-page.ts';

/** A first scrape round that takes longer does not keep the process from being ready. */
const FIRST_ROUND_MS = 2_000;

/** Runs `serin serve` until `signal` aborts and everything has drained; rejects if it cannot start. */
export async function serve(process: Process, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  try {
    await run(process, { shutdown: signal, stop: stop.signal });
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

async function run(process: Process, { shutdown, stop }: Signals): Promise<void> {
  const { config, log } = process;
  const now = () => performance.now();
  const { state, metrics, live, decisions, sources, scraper, wheel, services, parts } = await createPicker(
    process,
    stop,
  );
  const health = createHealth();
  const ports = { ...services, health, wheel, now, log, metrics: metrics.requests };
  const grpc = await createGrpcPorts(config, ports);
  // A port or a loop that stays would keep a process alive that could not start.
  stop.addEventListener('abort', () => {
    grpc.main.close();
    grpc.probes.close();
  });
  const running = grpc.tls === undefined ? parts : [...parts, grpc.tls];
  const fatal = firstFault(running.map((part) => part.run(stop)));
  const readiness = createReadiness([
    ...sources.map(({ condition }) => condition),
    { name: 'first scrape round', met: firstRound(sources, scraper.firstRound) },
  ]);

  const host = config.bindAddress ?? anyAddress();
  const grpcPort = await grpc.main.listen(host, config.grpcPort);
  const grpcHealthPort = await grpc.probes.listen(host, config.grpcHealthPort);
  const notReady = () => (shutdown.aborted ? ['shutting down'] : readiness.waitingFor());
  const figures = {
    metrics: metrics.page,
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
    { notReady: () => health.setReady(false), openStreams: metrics.requests.openStreams, ...grpc.main },
    { delayMs: config.drainDelay, timeoutMs: config.drainTimeout },
  );
  await decisions.flush();
  metrics.sources.drainCut(cut);
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
