import { type ClusterSource, kubernetesSource } from './app-kubernetes.ts';
import { clusterScope } from './config/cluster-scope.ts';
import type { Config } from './config/config.ts';
import type { LoadView } from './core/load-view.ts';
import { servedAddresses } from './core/served-addresses.ts';
import type { Condition } from './server/readiness.ts';
import type { DnsReport } from './sources/endpoints/dns-source.ts';
import { createDnsSource } from './sources/endpoints/dns-source.ts';
import { createEndpointsFileSource } from './sources/endpoints/endpoints-file-source.ts';
import type { HostPort } from './sources/endpoints/host-port.ts';
import { systemLookup } from './sources/endpoints/system-lookup.ts';
import type { FileReport } from './sources/files/file-source.ts';
import { createManifestSource } from './sources/manifests/manifest-source.ts';
import { formatProblem } from './sources/problems/problem.ts';
import { createHttpGet } from './sources/scrape/http-get.ts';
import { createKeyFile } from './sources/scrape/key-file.ts';
import { createPodTls } from './sources/scrape/pod-tls.ts';
import type { ScrapeObserver } from './sources/scrape/scrape-ports.ts';
import type { Scraper } from './sources/scrape/scraper.ts';
import { createScraper } from './sources/scrape/scraper.ts';
import { timingOf } from './sources/scrape/timing.ts';
import type { Ledger } from './state/ledger.ts';
import type { LoadTable } from './state/load-table.ts';
import type { ScrapeTimes } from './state/scrape-times.ts';
import type { StandingProblems } from './state/standing-problems.ts';
import type { Store } from './state/store.ts';
import type { Log } from './telemetry/log.ts';
import type { SourceMetrics } from './telemetry/source-metrics.ts';

/** What sources publish to, and whom they tell. */
export interface SourceDeps {
  readonly config: Config;
  readonly store: Store;
  readonly load: LoadView;
  readonly metrics: SourceMetrics;
  readonly problems: StandingProblems;
  readonly log: Log;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A source that runs until its signal aborts, and when it was read once. */
export interface RunningSource {
  readonly condition: Condition;
  /** How much of its origin the source knows now; absent where that is no question. */
  readonly detail?: () => object;
  readonly run: (signal: AbortSignal) => Promise<void>;
}

/** How often `--endpoints-dns` is looked up again. */
const DNS_INTERVAL_MS = 5_000;

/** Builds the sources that the flags name. */
export function createSources(deps: SourceDeps): readonly RunningSource[] {
  const { config, store } = deps;
  const scope = clusterScope(config);
  if (config.endpoints !== undefined) store.publishMembers('endpoints', config.endpoints);
  const cluster = scope === undefined ? undefined : kubernetesSource(scope, deps);
  return [
    ...(config.manifests.length > 0 ? [manifestSource(deps, cluster)] : []),
    ...(config.endpointsFile !== undefined ? [fileSource(config.endpointsFile, deps)] : []),
    ...(config.endpointsDns !== undefined ? [dnsSource(config.endpointsDns, deps)] : []),
    ...(cluster === undefined ? [] : [cluster]),
  ];
}

function manifestSource(deps: SourceDeps, cluster: ClusterSource | undefined): RunningSource {
  const { config, store } = deps;
  const source = createManifestSource({
    paths: config.manifests,
    defaultNamespace: config.poolNamespace,
    publish: (objects) => {
      store.publishPolicy('manifests', objects);
      cluster?.alsoSelect(objects.filter((object) => object.kind === 'pool'));
    },
    report: fileReport('manifests', deps),
  });
  return { condition: { name: 'manifests', met: source.firstRead }, run: source.run };
}

function fileSource(path: string, deps: SourceDeps): RunningSource {
  const source = createEndpointsFileSource({
    path,
    publish: (members) => deps.store.publishMembers('endpoints-file', members),
    report: fileReport('endpoints-file', deps),
  });
  return { condition: { name: 'endpoints-file', met: source.firstRead }, run: source.run };
}

function dnsSource(target: HostPort, { store, log }: SourceDeps): RunningSource {
  const source = createDnsSource({
    target,
    lookup: systemLookup,
    intervalMs: DNS_INTERVAL_MS,
    publish: (members) => store.publishMembers('endpoints-dns', members),
    report: dnsReport(log),
  });
  return { condition: { name: 'endpoints-dns', met: source.firstRead }, run: source.run };
}

function dnsReport(log: Log): DnsReport {
  return {
    unresolved: (name, message) =>
      log.warn({ name, message }, 'host name not resolved; the last addresses stay'),
    resolved: (name, addresses) => log.info({ name, addresses }, 'host name resolved'),
  };
}

function fileReport(source: string, { metrics, log, problems }: SourceDeps): FileReport {
  return {
    problem: (problem) => {
      metrics.reloadError(source);
      problems.stands(source, formatProblem(problem));
      log.error({ source }, formatProblem(problem));
    },
    recovered: (problem) => {
      problems.mended(source, formatProblem(problem));
      log.info({ source }, `mended: ${formatProblem(problem)}`);
    },
    loaded: (summary) => {
      metrics.loaded(source, summary);
      log.info(
        { source, files: summary.files, objects: summary.objects, problems: summary.problems },
        'read',
      );
    },
  };
}

/** What the scraper writes to. */
export interface ScraperDeps extends SourceDeps {
  readonly table: LoadTable;
  readonly ledger: Ledger;
  readonly scrapeTimes: ScrapeTimes;
}

/** Builds the scraper and lets it follow the snapshots. */
export function createFollowingScraper(deps: ScraperDeps, signal: AbortSignal): Scraper {
  const { config, store, metrics, table, ledger } = deps;
  const away = (path: string, message: string) =>
    deps.log.warn({ path, message }, 'a TLS file for pods cannot be read; the last one stays');
  const apiKey = createKeyReader(config.modelServerApiKeyFile, deps.log);
  const scraper: Scraper = createScraper({
    get: createHttpGet(signal, createPodTls(config, away), (address) => scraper.unsettled(address)),
    table,
    settleSeen: ledger.scraped,
    observer: scrapeObserver(deps),
    timing: timingOf(config),
    metricsPath: config.modelServerMetricsPath,
    apiKey,
    now: deps.now,
    random: deps.random,
  });
  store.subscribe((snapshot) => {
    scraper.follow(snapshot);
    metrics.endpoints(servedAddresses(snapshot));
    metrics.conflicts(store.conflicts().length);
  });
  return scraper;
}

function createKeyReader(path: string | undefined, log: Log): () => string | undefined {
  if (path === undefined) return () => undefined;
  return createKeyFile(path, (message) =>
    log.warn({ path, message }, 'the key for /v1/models cannot be read; the last one stays'),
  );
}

function scrapeObserver({ metrics, log, scrapeTimes }: ScraperDeps): ScrapeObserver {
  return {
    scraped: ({ address, slot }, durationMs) => {
      metrics.scraped(address, durationMs);
      scrapeTimes.scraped(slot);
    },
    failed: ({ address }, fault) => metrics.scrapeFailed(address, fault),
    freshness: ({ address }, freshness) => {
      metrics.freshness(address, freshness);
      log.info({ endpoint: address, state: freshness }, 'endpoint');
    },
    modelsUnknown: ({ address }, fault) =>
      log.warn({ endpoint: address, fault }, '/v1/models not read; the pod may get requests for any model'),
  };
}
