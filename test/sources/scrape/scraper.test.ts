import { describe, expect, it } from 'vitest';
import type { Address } from '../../../src/core/names.ts';
import type { Endpoint } from '../../../src/core/snapshot.ts';
import { createScraper } from '../../../src/sources/scrape/scraper.ts';
import { createLoadTable } from '../../../src/state/load-table.ts';
import { askedFor, createScraping, SILENT, snapshotOf, startPod, startScraping, TIMING } from './scraping.ts';
import { pageWithQueue, servePages } from './test-pod.ts';

const NOWHERE: Endpoint = { slot: 7, address: '127.0.0.1:1' as Address, name: 'nowhere' };

describe('createScraper', () => {
  it('reads load and models of a pod, with the key for the models alone', async () => {
    const pod = await startPod();
    const { scraper, table } = startScraping();
    scraper.follow(snapshotOf([pod.endpoint]));
    await scraper.firstRound();
    expect([table.waiting[0], table.kvUsage[0], table.freshness[0]]).toEqual([3, 0.5, 'fresh']);
    await expect
      .poll(() => table.models[0])
      .toEqual(
        new Map([
          ['llama2', 'base'],
          ['sql-lora', 'adapter'],
        ]),
      );
    expect(new Set(pod.asked.map(({ path, authorization }) => `${path} ${authorization}`))).toEqual(
      new Set(['/metrics undefined', '/v1/models Bearer the-key']),
    );
  });

  it('does not let a slow pod delay another', async () => {
    const [slow, quick] = [await startPod(0), await startPod(1)];
    slow.answerWith(() => undefined);
    quick.answerWith((request, response) =>
      request.url === '/metrics'
        ? response.end(pageWithQueue(quick.asked.length))
        : servePages(request, response),
    );
    const { scraper, table } = startScraping({ timeoutMs: 60_000 });
    scraper.follow(snapshotOf([slow.endpoint, quick.endpoint]));
    await expect.poll(() => table.waiting[1]).toBeGreaterThan(5);
    expect(askedFor(slow, '/metrics')).toBe(1);
  });

  it('does not ask many new pods at the same moment', async () => {
    const asked: number[] = [];
    const random = [0.9, 0.1, 0.5];
    const scraper = createScraper({
      ...{ table: createLoadTable(), settleSeen: () => undefined, timing: TIMING, apiKey: () => undefined },
      metricsPath: '/metrics',
      get: async ({ path, address }) => {
        if (path === '/metrics') asked.push(Number(address.split(':')[1]));
        return { kind: 'failed', reason: 'timeout' };
      },
      observer: SILENT,
      now: () => performance.now(),
      random: () => random.shift() ?? 0.5,
    });
    const endpoints = [0, 1, 2].map((slot) => ({
      ...NOWHERE,
      slot,
      address: `127.0.0.1:${slot}` as Address,
    }));
    const stop = new AbortController();
    scraper.follow(snapshotOf(endpoints));
    const running = scraper.run(stop.signal);
    await scraper.firstRound();
    stop.abort();
    await running;
    expect(asked.slice(0, 3)).toEqual([1, 2, 0]);
  });

  it('follows the endpoints that come, go and take over a slot', async () => {
    const [first, second] = [await startPod(0), await startPod(1)];
    const { scraper, table } = startScraping();
    scraper.follow(snapshotOf([first.endpoint]));
    await scraper.firstRound();
    scraper.follow(snapshotOf([second.endpoint]));
    await expect.poll(() => table.freshness[1]).toBe('fresh');
    const before = first.asked.length;
    await expect.poll(() => askedFor(second, '/metrics')).toBeGreaterThan(4);
    expect(first.asked.length - before).toBeLessThanOrEqual(1);
    scraper.follow(snapshotOf([{ ...second.endpoint, slot: 5 }]));
    await expect.poll(() => table.freshness[5]).toBe('fresh');
  });

  it('writes nothing of an endpoint that has gone, also if its answer was on the way', async () => {
    const [gone, stays] = [await startPod(0), await startPod(1)];
    gone.answerWith(() => undefined);
    const { scraper, table, results, faults } = startScraping();
    scraper.follow(snapshotOf([gone.endpoint, stays.endpoint]));
    await expect.poll(() => gone.asked.length).toBe(2);
    scraper.follow(snapshotOf([stays.endpoint]));
    await expect.poll(() => results.filter((result) => result.endsWith('failed')).length).toBe(2);
    expect([table.freshness[0], table.models[0], faults]).toEqual([undefined, undefined, []]);
  });

  it('ends its first round when every pod was tried, the unreachable ones too', async () => {
    const { scraper, table } = startScraping();
    scraper.follow(snapshotOf([NOWHERE]));
    await scraper.firstRound();
    expect(table.freshness[7]).toBe('dead');
  });

  it('ends its first round at once without pods', async () => {
    const { scraper } = startScraping();
    scraper.follow(snapshotOf([]));
    await expect(scraper.firstRound()).resolves.toBeUndefined();
  });

  it('waits with its first round for the pods that are there when it is asked for', async () => {
    const pod = await startPod();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    pod.answerWith((request, response) => void gate.then(() => servePages(request, response)));
    const { scraper, table } = startScraping();
    scraper.follow(snapshotOf([]));
    scraper.follow(snapshotOf([pod.endpoint]));
    const round = scraper.firstRound().then(() => table.freshness[0]);
    await expect.poll(() => pod.asked.length).toBe(2);
    open();
    expect(await round).toBe('fresh');
  });

  it('waits with its first round for no pod that has gone', async () => {
    const pod = await startPod();
    pod.answerWith(() => undefined);
    const { scraper } = startScraping();
    scraper.follow(snapshotOf([pod.endpoint]));
    const round = scraper.firstRound();
    await expect.poll(() => pod.asked.length).toBe(2);
    scraper.follow(snapshotOf([]));
    await expect(round).resolves.toBeUndefined();
  });

  it('asks nothing before it runs and nothing after', async () => {
    const pod = await startPod();
    const { scraper, run, stop } = createScraping();
    scraper.follow(snapshotOf([pod.endpoint]));
    await fetch(`http://${pod.endpoint.address}/before`);
    expect(pod.asked.map(({ path }) => path)).toEqual(['/before']);
    const running = run();
    await scraper.firstRound();
    // Metrics and models.
    await expect.poll(() => pod.asked.length).toBeGreaterThanOrEqual(3);
    stop();
    await running;
    // A question may have been on its way.
    await fetch(`http://${pod.endpoint.address}/stopped`);
    const asked = pod.asked.length;
    scraper.follow(snapshotOf([{ ...pod.endpoint, slot: 1 }]));
    await fetch(`http://${pod.endpoint.address}/after`);
    expect(pod.asked.slice(asked).map(({ path }) => path)).toEqual(['/after']);
  });

  it('ends with the fault of a loop that breaks', async () => {
    const pod = await startPod();
    const { scraper, run } = createScraping({
      apiKey: () => {
        throw new Error('no key');
      },
    });
    scraper.follow(snapshotOf([pod.endpoint]));
    await expect(run()).rejects.toThrow('no key');
  });
});
