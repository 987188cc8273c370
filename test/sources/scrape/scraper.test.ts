import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Address } from '../../../src/core/names.ts';
import { modelName, poolKey, targetName } from '../../../src/core/names.ts';
import type { Endpoint, Pool, Rule, Snapshot } from '../../../src/core/snapshot.ts';
import { createHttpGet } from '../../../src/sources/scrape/http-get.ts';
import type { ScrapeTiming } from '../../../src/sources/scrape/scrape-ports.ts';
import type { Scraper } from '../../../src/sources/scrape/scraper.ts';
import { createScraper } from '../../../src/sources/scrape/scraper.ts';
import { createLoadTable } from '../../../src/state/load-table.ts';
import { pageWithQueue, servePages, startTestPod, type TestPod } from './test-pod.ts';

const TIMING: ScrapeTiming = {
  intervalMs: 20,
  idleIntervalMs: 40,
  timeoutMs: 150,
  deadIntervalMs: 60,
  stalenessMs: 100,
  modelsIntervalMs: 60_000,
};

function rule(target: string): Rule {
  const place = { source: 'f', line: 1, column: 1 };
  const object = { kind: 'InferenceModel', namespace: 'default', name: 'm', createdAtMs: undefined, place };
  const targets = [{ name: targetName(target), wanted: 1, effective: 1, reason: undefined }];
  return { kind: 'weighted', object, criticality: 'Standard', targets, totalWeight: 1 };
}

function snapshotOf(endpoints: readonly Endpoint[], target = 'sql-lora'): Snapshot {
  const key = poolKey('default', 'pool');
  const pool: Pool = {
    key,
    endpoints,
    byAddress: new Map(endpoints.map((endpoint) => [endpoint.address, endpoint])),
    rules: new Map([[modelName('lora-request'), rule(target)]]),
    anyRule: undefined,
    objectives: new Map(),
  };
  const hosts = { exact: new Map(), suffixes: [], any: undefined, empty: true };
  return { version: 1, pools: new Map([[key, pool]]), hosts, defaultPool: key };
}

describe('createScraper', () => {
  let stop: AbortController;
  let pods: TestPod[];
  let running: Promise<void>;
  const table = () => current.table;
  let current: ReturnType<typeof start>;

  function start(timing: Partial<ScrapeTiming> = {}) {
    const loads = createLoadTable();
    const states: string[] = [];
    const faults: string[] = [];
    const seen: { readonly slot: number; readonly startedAtMs: number }[] = [];
    const scraper: Scraper = createScraper({
      get: createHttpGet(stop.signal),
      table: loads,
      settleSeen: (slot, startedAtMs) => void seen.push({ slot, startedAtMs }),
      observer: {
        scraped: () => undefined,
        failed: (_, fault) => void faults.push(fault),
        freshness: (_, freshness) => void states.push(freshness),
        modelsUnknown: (_, fault) => void faults.push(`models ${fault}`),
      },
      timing: { ...TIMING, ...timing },
      apiKey: () => 'the-key',
      now: () => performance.now(),
      random: () => 0.5,
    });
    running = scraper.run(stop.signal);
    return { table: loads, scraper, states, faults, seen };
  }

  async function pod(slot = 0): Promise<TestPod> {
    const started = await startTestPod(slot);
    pods.push(started);
    return started;
  }

  beforeEach(() => {
    stop = new AbortController();
    pods = [];
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await Promise.all(pods.map((each) => each.stop()));
  });

  const askedFor = (each: TestPod, path: string) =>
    each.asked.filter((request) => request.path === path).length;

  it('reads load and models of a pod, with the key for the models alone', async () => {
    const only = await pod();
    current = start();
    current.scraper.follow(snapshotOf([only.endpoint]));
    await current.scraper.firstRound;
    expect([table().waiting[0], table().kvUsage[0], table().freshness[0]]).toEqual([3, 0.5, 'fresh']);
    await expect
      .poll(() => table().models[0])
      .toEqual(
        new Map([
          ['llama2', 'base'],
          ['sql-lora', 'adapter'],
        ]),
      );
    expect(new Set(only.asked.map(({ path, authorization }) => `${path} ${authorization}`))).toEqual(
      new Set(['/metrics undefined', '/v1/models Bearer the-key']),
    );
  });

  it('settles what was sent by the start of a scrape, not by its end', async () => {
    const only = await pod();
    let answeredAtMs = 0;
    only.answerWith((request, response) =>
      setTimeout(() => {
        answeredAtMs = performance.now();
        servePages(request, response);
      }, 50),
    );
    current = start({ intervalMs: 60_000 });
    current.scraper.follow(snapshotOf([only.endpoint]));
    await current.scraper.firstRound;
    expect(current.seen).toHaveLength(1);
    expect(current.seen[0]?.startedAtMs).toBeLessThan(answeredAtMs - 40);
  });

  it('takes a refused pod out at once, and back with its first good scrape', async () => {
    const only = await pod();
    current = start();
    current.scraper.follow(snapshotOf([only.endpoint]));
    await current.scraper.firstRound;
    const stoppedAtMs = performance.now();
    await only.stop();
    await expect.poll(() => table().freshness[0], { interval: 5 }).toBe('dead');
    expect(performance.now() - stoppedAtMs).toBeLessThan(500);
    expect(current.faults.filter((fault) => fault === 'refused').length).toBeGreaterThan(0);
    await only.restart();
    await expect.poll(() => table().freshness[0]).toBe('fresh');
    expect(current.states).toEqual(['fresh', 'dead', 'fresh']);
  });

  it('takes a pod out after two failed scrapes, and not after one', async () => {
    const only = await pod();
    current = start({ stalenessMs: 60_000 });
    current.scraper.follow(snapshotOf([only.endpoint]));
    await current.scraper.firstRound;
    let failures = 1;
    only.answerWith((request, response) => {
      if (request.url !== '/metrics') return;
      if (failures > 0) response.writeHead(500).end();
      else servePages(request, response);
      failures -= 1;
    });
    await expect.poll(() => failures).toBeLessThan(-2);
    expect(current.states).toEqual(['fresh']);
    failures = 2;
    await expect.poll(() => current.states).toEqual(['fresh', 'dead', 'fresh']);
  });

  it('calls figures stale that are older than the threshold', async () => {
    const only = await pod();
    current = start({ timeoutMs: 200, stalenessMs: 100 });
    current.scraper.follow(snapshotOf([only.endpoint]));
    await current.scraper.firstRound;
    only.answerWith(() => undefined);
    await expect.poll(() => current.states, { interval: 5 }).toEqual(['fresh', 'stale', 'dead']);
  });

  it('takes a pod without a metrics page as alive, with figures that are not known', async () => {
    const only = await pod();
    only.answerWith((_, response) => response.writeHead(404).end());
    current = start();
    current.scraper.follow(snapshotOf([only.endpoint]));
    await current.scraper.firstRound;
    expect([table().freshness[0] ?? 'unknown', table().models[0]]).toEqual(['unknown', undefined]);
    await expect.poll(() => current.faults).toEqual(['models status']);
  });

  it('does not let a slow pod delay another', async () => {
    const [slow, quick] = [await pod(0), await pod(1)];
    slow.answerWith(() => undefined);
    quick.answerWith((request, response) =>
      request.url === '/metrics'
        ? response.end(pageWithQueue(quick.asked.length))
        : servePages(request, response),
    );
    current = start({ timeoutMs: 60_000 });
    current.scraper.follow(snapshotOf([slow.endpoint, quick.endpoint]));
    await expect.poll(() => table().waiting[1]).toBeGreaterThan(5);
    expect(askedFor(slow, '/metrics')).toBe(1);
  });

  it('scrapes a pod that has work more often than an idle one', async () => {
    const [busy, idle] = [await pod(0), await pod(1)];
    idle.answerWith((request, response) =>
      request.url === '/metrics' ? response.end(pageWithQueue(0)) : servePages(request, response),
    );
    current = start({ intervalMs: 10, idleIntervalMs: 500 });
    current.scraper.follow(snapshotOf([busy.endpoint, idle.endpoint]));
    await expect.poll(() => askedFor(busy, '/metrics')).toBeGreaterThan(10);
    expect(askedFor(idle, '/metrics')).toBeLessThan(askedFor(busy, '/metrics') / 2);
  });

  it('follows the endpoints that come, go and take over a slot', async () => {
    const [first, second] = [await pod(0), await pod(1)];
    current = start();
    current.scraper.follow(snapshotOf([first.endpoint]));
    await current.scraper.firstRound;
    current.scraper.follow(snapshotOf([second.endpoint]));
    await expect.poll(() => table().freshness[1]).toBe('fresh');
    const before = first.asked.length;
    await expect.poll(() => askedFor(second, '/metrics')).toBeGreaterThan(4);
    expect(first.asked.length - before).toBeLessThanOrEqual(1);
    current.scraper.follow(snapshotOf([{ ...second.endpoint, slot: 5 }]));
    await expect.poll(() => table().freshness[5]).toBe('fresh');
  });

  it('ends its first round when every first pod was tried, the unreachable ones too', async () => {
    current = start();
    const nowhere: Endpoint = { slot: 0, address: '127.0.0.1:1' as Address, name: 'nowhere' };
    current.scraper.follow(snapshotOf([nowhere]));
    await current.scraper.firstRound;
    expect(table().freshness[0]).toBe('dead');
  });

  it('ends its first round at once without pods', async () => {
    current = start();
    current.scraper.follow(snapshotOf([]));
    await expect(current.scraper.firstRound).resolves.toBeUndefined();
  });

  it('reads the models again every interval, and at once for a target that it has not seen', async () => {
    const only = await pod();
    current = start({ modelsIntervalMs: 60_000 });
    current.scraper.follow(snapshotOf([only.endpoint]));
    await expect.poll(() => table().models[0]?.size).toBe(2);
    current.scraper.follow(snapshotOf([only.endpoint], 'sql-lora'));
    expect(askedFor(only, '/v1/models')).toBe(1);
    current.scraper.follow(snapshotOf([only.endpoint], 'sql-lora-9'));
    await expect.poll(() => askedFor(only, '/v1/models')).toBe(2);
    current.scraper.follow(snapshotOf([only.endpoint], 'sql-lora-9'));
    await expect.poll(() => askedFor(only, '/metrics')).toBeGreaterThan(5);
    expect(askedFor(only, '/v1/models')).toBe(2);
  });

  it('reads the models every interval', async () => {
    const only = await pod();
    current = start({ modelsIntervalMs: 20 });
    current.scraper.follow(snapshotOf([only.endpoint]));
    await expect.poll(() => askedFor(only, '/v1/models')).toBeGreaterThan(3);
  });

  it.each([401, 404])(
    'does not know the models of a pod that answers %d, and says so once',
    async (status) => {
      const only = await pod();
      current = start({ modelsIntervalMs: 10 });
      current.scraper.follow(snapshotOf([only.endpoint]));
      await expect.poll(() => table().models[0]?.size).toBe(2);
      only.answerWith((request, response) =>
        request.url === '/metrics' ? servePages(request, response) : response.writeHead(status).end(),
      );
      await expect.poll(() => table().models[0]).toBeUndefined();
      const before = askedFor(only, '/v1/models');
      await expect.poll(() => askedFor(only, '/v1/models')).toBeGreaterThan(before + 3);
      expect(current.faults).toEqual(['models status']);
    },
  );
});
