import { describe, expect, it } from 'vitest';
import { modelName } from '../../../src/core/names.ts';
import { askedFor, createScraping, snapshotOf, startPod, startScraping } from './scraping.ts';
import { servePages } from './test-pod.ts';

describe('createModelsLoop', () => {
  it('reads the models every interval', async () => {
    const pod = await startPod();
    const { scraper } = startScraping({ modelsIntervalMs: 20 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await expect.poll(() => askedFor(pod, '/v1/models')).toBeGreaterThan(3);
  });

  it('waits any part of an interval before the second read, so that pods do not stay in step', async () => {
    const pod = await startPod();
    const { scraper, run } = createScraping({ random: () => 0 });
    scraper.follow(snapshotOf([pod.endpoint]));
    void run();
    await expect.poll(() => askedFor(pod, '/v1/models')).toBe(2);
  });

  it('brings the key of the moment, since its file may be rotated', async () => {
    const pod = await startPod();
    let key: string | undefined = 'old';
    const { scraper, run } = createScraping({ timing: { modelsIntervalMs: 20 }, apiKey: () => key });
    scraper.follow(snapshotOf([pod.endpoint]));
    void run();
    const brought = () => pod.asked.findLast(({ path }) => path === '/v1/models')?.authorization;
    await expect.poll(brought).toBe('Bearer old');
    key = 'new';
    await expect.poll(brought).toBe('Bearer new');
    key = undefined;
    await expect.poll(() => askedFor(pod, '/v1/models') > 2 && brought() === undefined).toBe(true);
  });

  it('reads them at once for a target that it has not seen, and once for each', async () => {
    const pod = await startPod();
    const { scraper, table, results } = startScraping();
    scraper.follow(snapshotOf([pod.endpoint]));
    await expect.poll(() => table.models[0]?.size).toBe(2);
    scraper.follow(snapshotOf([pod.endpoint], 'sql-lora'));
    expect(askedFor(pod, '/v1/models')).toBe(1);
    scraper.follow(snapshotOf([pod.endpoint], 'sql-lora-9'));
    await expect.poll(() => askedFor(pod, '/v1/models')).toBe(2);
    await expect.poll(() => results.filter((result) => result === '/v1/models answered').length).toBe(2);
    // The same name again, and a second pool of the same pod with none that is missing.
    for (let times = 0; times < 3; times += 1) {
      scraper.follow(snapshotOf([pod.endpoint], 'sql-lora-9', 'sql-lora'));
      const scrapes = askedFor(pod, '/metrics');
      await expect.poll(() => askedFor(pod, '/metrics')).toBeGreaterThan(scrapes + 2);
    }
    expect(askedFor(pod, '/v1/models')).toBe(2);
    scraper.follow(snapshotOf([pod.endpoint], 'sql-lora-8', 'sql-lora'));
    await expect.poll(() => askedFor(pod, '/v1/models')).toBe(3);
  });

  it('reads them at once for an unseen target of the rule for every model', async () => {
    const pod = await startPod();
    const { scraper, table } = startScraping();
    const snapshot = snapshotOf([pod.endpoint]);
    scraper.follow(snapshot);
    await expect.poll(() => table.models[0]?.size).toBe(2);
    const anyRule = [...snapshotOf([], 'sql-lora-9').pools.values()][0]?.rules.get(modelName('lora-request'));
    const pools = [...snapshot.pools].map(([key, pool]) => [key, { ...pool, anyRule }] as const);
    scraper.follow({ ...snapshot, pools: new Map(pools) });
    await expect.poll(() => askedFor(pod, '/v1/models')).toBe(2);
  });

  it('reads them at once of a pod that comes back, and keeps what it told until then', async () => {
    const pod = await startPod();
    const { scraper, table, results } = startScraping({ modelsIntervalMs: 2_000 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await expect.poll(() => table.models[0]?.size).toBe(2);
    await pod.stop();
    await expect.poll(() => results.includes('/v1/models refused'), { timeout: 10_000 }).toBe(true);
    expect(table.freshness[0]).toBe('dead');
    expect(table.models[0]?.size).toBe(2);
    const asked = askedFor(pod, '/v1/models');
    pod.answerWith((request, response) =>
      request.url === '/metrics' ? servePages(request, response) : response.end('{"data":[{"id":"other"}]}'),
    );
    await pod.restart();
    await expect.poll(() => table.models[0]).toEqual(new Map([['other', 'base']]));
    expect(askedFor(pod, '/v1/models')).toBe(asked + 1);
  });

  it('does not delay the load while the list is awaited', async () => {
    const pod = await startPod();
    pod.answerWith((request, response) => {
      if (request.url === '/metrics') servePages(request, response);
    });
    const { scraper } = startScraping({ modelsTimeoutMs: 60_000 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await expect.poll(() => askedFor(pod, '/metrics')).toBeGreaterThan(5);
    expect(askedFor(pod, '/v1/models')).toBe(1);
  });

  it.each([
    ['answers 401', 401, 'status'],
    ['answers 404', 404, 'status'],
    ['answers something else', 200, 'unreadable'],
    ['answers nothing in time', undefined, 'timeout'],
  ])('does not know the models of a pod that %s, and says so once', async (_, status, fault) => {
    const pod = await startPod();
    const { scraper, table, faults, results } = startScraping({ modelsIntervalMs: 10, modelsTimeoutMs: 200 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await expect.poll(() => table.models[0]?.size).toBe(2);
    pod.answerWith((request, response) => {
      if (request.url === '/metrics') servePages(request, response);
      else if (status !== undefined) response.writeHead(status).end('{}');
    });
    await expect.poll(() => faults).toEqual([`models ${fault}`]);
    expect(table.models[0]).toBeUndefined();
    const reads = () => results.filter((result) => result.startsWith('/v1/models')).length;
    const before = reads();
    await expect.poll(reads).toBeGreaterThan(before + 2);
    expect(faults).toEqual([`models ${fault}`]);
  });
});
