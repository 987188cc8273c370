import { onTestFinished } from 'vitest';
import { modelName, poolKey, targetName } from '../../../src/core/names.ts';
import type { Endpoint, Pool, Rule, Snapshot } from '../../../src/core/snapshot.ts';
import { createHttpGet } from '../../../src/sources/scrape/http-get.ts';
import type { ScrapeObserver, ScrapeTiming } from '../../../src/sources/scrape/scrape-ports.ts';
import type { Scraper } from '../../../src/sources/scrape/scraper.ts';
import { createScraper } from '../../../src/sources/scrape/scraper.ts';
import type { LoadTable } from '../../../src/state/load-table.ts';
import { createLoadTable } from '../../../src/state/load-table.ts';
import type { TestPod } from './test-pod.ts';
import { startTestPod } from './test-pod.ts';

/** Quick, and patient with answers. */
export const TIMING: ScrapeTiming = {
  intervalMs: 20,
  idleIntervalMs: 40,
  quietIntervalMs: 40,
  quietAfterMs: 60_000,
  timeoutMs: 5_000,
  deadIntervalMs: 60,
  stalenessMs: 60_000,
  modelsIntervalMs: 60_000,
  modelsTimeoutMs: 5_000,
};

/** Is told nothing. */
export const SILENT: ScrapeObserver = {
  ...{ scraped: () => undefined, failed: () => undefined },
  ...{ freshness: () => undefined, modelsUnknown: () => undefined },
};

/** A scraper over HTTP, and everything that it tells. */
export interface Scraping {
  readonly table: LoadTable;
  readonly scraper: Scraper;
  /** Every change of freshness. */
  readonly states: readonly string[];
  readonly faults: readonly string[];
  /** `path kind` of every result. */
  readonly results: readonly string[];
  readonly settled: readonly { readonly slot: number; readonly startedAtMs: number }[];
  readonly run: () => Promise<void>;
  readonly stop: () => void;
}

/** What differs from a scraper that works. */
export interface ScrapingOptions {
  readonly timing?: Partial<ScrapeTiming>;
  readonly apiKey?: () => string | undefined;
  readonly random?: () => number;
  readonly metricsPath?: string;
}

/** Creates a scraper that does not run yet; it ends with the test. */
export function createScraping(options: ScrapingOptions = {}): Scraping {
  const { timing, apiKey = () => 'the-key', random = () => 0.5, metricsPath = '/metrics' } = options;
  const stop = new AbortController();
  const table = createLoadTable();
  const states: string[] = [];
  const faults: string[] = [];
  const results: string[] = [];
  const settled: { readonly slot: number; readonly startedAtMs: number }[] = [];
  const get = createHttpGet(stop.signal, undefined, (address) => scraper.unsettled(address));
  const scraper: Scraper = createScraper({
    get: async (request) => {
      const result = await get(request);
      results.push(`${request.path} ${result.kind}`);
      return result;
    },
    table,
    settleSeen: (slot, startedAtMs) => void settled.push({ slot, startedAtMs }),
    observer: {
      scraped: () => undefined,
      failed: (_, fault) => void faults.push(fault),
      freshness: (_, freshness) => void states.push(freshness),
      modelsUnknown: (_, fault) => void faults.push(`models ${fault}`),
    },
    timing: { ...TIMING, ...timing },
    metricsPath,
    apiKey,
    now: () => performance.now(),
    random,
  });
  onTestFinished(() => stop.abort());
  return {
    ...{ table, scraper, states, faults, results, settled },
    run: () => scraper.run(stop.signal),
    stop: () => stop.abort(),
  };
}

/** Creates a scraper that runs until the test ends. */
export function startScraping(timing: Partial<ScrapeTiming> = {}): Scraping {
  const scraping = createScraping({ timing });
  const running = scraping.run();
  onTestFinished(async () => {
    scraping.stop();
    await running;
  });
  return scraping;
}

/** Starts a pod that ends with the test. */
export async function startPod(slot = 0): Promise<TestPod> {
  const pod = await startTestPod(slot);
  onTestFinished(pod.stop);
  return pod;
}

/** How often a pod was asked for a page. */
export function askedFor(pod: TestPod, path: string): number {
  return pod.asked.filter((request) => request.path === path).length;
}

/** A snapshot of pools, each with these endpoints and one target. */
export function snapshotOf(endpoints: readonly Endpoint[], ...targets: readonly string[]): Snapshot {
  const pools =
    targets.length === 0 ? [poolOf(endpoints, 'sql-lora')] : targets.map((each) => poolOf(endpoints, each));
  const hosts = { exact: new Map(), suffixes: [], any: undefined, empty: true };
  const byKey = new Map(pools.map((pool) => [pool.key, pool]));
  return { version: 1, pools: byKey, hosts, pickers: new Map(), defaultPool: undefined };
}

function poolOf(endpoints: readonly Endpoint[], target: string): Pool {
  return {
    key: poolKey('default', target),
    endpoints,
    byAddress: new Map(endpoints.map((endpoint) => [endpoint.address, endpoint])),
    rules: new Map([[modelName('lora-request'), ruleOf(target)]]),
    anyRule: undefined,
    objectives: new Map(),
  };
}

function ruleOf(target: string): Rule {
  const place = { source: 'f', line: 1, column: 1 };
  const object = { kind: 'InferenceModel', namespace: 'default', name: 'm', createdAtMs: undefined, place };
  const weight = { wanted: 1, effective: 1, reason: undefined };
  const stable = { name: targetName(target), ...weight, role: 'stable', group: 'stable' } as const;
  return { kind: 'weighted', object, criticality: 'Standard', targets: [stable], totalWeight: 1 };
}
