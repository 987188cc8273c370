import { describe, expect, it } from 'vitest';
import type { GetRequest, GetResult } from '../../../src/sources/scrape/http-get.ts';
import { runLoadLoop } from '../../../src/sources/scrape/load-loop.ts';
import { createLoadTable } from '../../../src/state/load-table.ts';
import { askedFor, createScraping, SILENT, snapshotOf, startPod, startScraping, TIMING } from './scraping.ts';
import { pageWithQueue, servePages } from './test-pod.ts';

describe('runLoadLoop', () => {
  it('settles what was sent by the start of a scrape, not by its end', async () => {
    const pod = await startPod();
    let answeredAtMs = 0;
    pod.answerWith((request, response) =>
      setTimeout(() => {
        answeredAtMs = performance.now();
        servePages(request, response);
      }, 50),
    );
    const { scraper, settled } = startScraping({ intervalMs: 60_000 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await scraper.firstRound();
    expect(settled).toHaveLength(1);
    expect(settled[0]?.startedAtMs).toBeLessThan(answeredAtMs - 40);
  });

  it('asks for the metrics where they are said to be', async () => {
    const pod = await startPod();
    const { scraper, run } = createScraping({ metricsPath: '/metrics/?name[]=x' });
    scraper.follow(snapshotOf([pod.endpoint]));
    void run();
    await expect.poll(() => askedFor(pod, '/metrics/?name[]=x')).toBeGreaterThan(0);
  });

  it('takes a refused pod out at once, and back with its first good scrape', async () => {
    const pod = await startPod();
    const { scraper, table, states, faults } = startScraping();
    scraper.follow(snapshotOf([pod.endpoint]));
    await scraper.firstRound();
    await pod.stop();
    await expect.poll(() => table.freshness[0], { interval: 5 }).toBe('dead');
    expect(faults.filter((fault) => fault === 'refused').length).toBeGreaterThan(0);
    await pod.restart();
    await expect.poll(() => table.freshness[0]).toBe('fresh');
    expect(states).toEqual(['fresh', 'dead', 'fresh']);
  });

  it('takes a pod out after two failed scrapes, and not after one', async () => {
    const pod = await startPod();
    const { scraper, states } = startScraping();
    scraper.follow(snapshotOf([pod.endpoint]));
    await scraper.firstRound();
    let failures = 1;
    pod.answerWith((request, response) => {
      if (request.url !== '/metrics') return;
      if (failures > 0) response.writeHead(500).end();
      else servePages(request, response);
      failures -= 1;
    });
    await expect.poll(() => failures).toBeLessThan(-2);
    expect(states).toEqual(['fresh']);
    failures = 2;
    await expect.poll(() => states).toEqual(['fresh', 'dead', 'fresh']);
  });

  it('takes a pod out that has stopped to answer', async () => {
    const pod = await startPod();
    const { scraper, states, faults } = startScraping({ timeoutMs: 150 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await scraper.firstRound();
    pod.answerWith(() => undefined);
    await expect.poll(() => states).toEqual(['fresh', 'dead']);
    expect(faults.slice(0, 2)).toEqual(['timeout', 'timeout']);
  });

  it('calls figures stale that are older than the threshold, while newer ones are awaited', async () => {
    const pod = await startPod();
    const { scraper, states } = startScraping({ timeoutMs: 60_000, stalenessMs: 200 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await scraper.firstRound();
    const held: (() => void)[] = [];
    pod.answerWith((request, response) => void held.push(() => servePages(request, response)));
    await expect.poll(() => states).toEqual(['fresh', 'stale']);
    for (const answer of held) answer();
    await expect.poll(() => states).toEqual(['fresh', 'stale', 'fresh']);
  });

  it.each([
    ['without a metrics page', 404, ''],
    ['whose metrics page wants a key', 401, ''],
    ['with the page of another engine', 200, 'sglang:num_running_reqs 3\n'],
  ])('takes a pod %s as alive, with a load that is not known', async (_, status, page) => {
    const pod = await startPod();
    const { scraper, table, states, settled } = startScraping();
    scraper.follow(snapshotOf([pod.endpoint]));
    await scraper.firstRound();
    pod.answerWith((_, response) => response.writeHead(status).end(page));
    await expect.poll(() => states).toEqual(['fresh', 'unknown']);
    expect([table.waiting[0], table.kvUsage[0]]).toEqual([0, 0]);
    // Such a scrape shows nothing of what was sent lately.
    expect(settled.at(-1)?.startedAtMs).toBeLessThan(performance.now() - 50_000);
  });

  it('scrapes a pod that has work more often than an idle one', async () => {
    const [busy, idle] = [await startPod(0), await startPod(1)];
    idle.answerWith((_, response) => response.end(pageWithQueue(0)));
    const { scraper } = startScraping({ idleIntervalMs: 60_000 });
    scraper.follow(snapshotOf([busy.endpoint, idle.endpoint]));
    await expect.poll(() => askedFor(busy, '/metrics')).toBeGreaterThan(10);
    expect(askedFor(idle, '/metrics')).toBe(1);
  });

  it('scrapes an idle pod as soon as it is sent something', async () => {
    const pod = await startPod();
    pod.answerWith((_, response) => response.end(pageWithQueue(0)));
    const { scraper, table } = startScraping({ idleIntervalMs: 60_000 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await scraper.firstRound();
    table.addSent(0, 1);
    table.addSent(0, -1);
    await expect.poll(() => askedFor(pod, '/metrics')).toBe(2);
  });

  it('scrapes all idle pods again once one is sent something in a quiet time', async () => {
    const pods = [await startPod(0), await startPod(1)];
    for (const pod of pods) pod.answerWith((_, response) => response.end(pageWithQueue(0)));
    const { scraper, table } = startScraping({ quietIntervalMs: 60_000, quietAfterMs: 0 });
    scraper.follow(snapshotOf(pods.map(({ endpoint }) => endpoint)));
    await scraper.firstRound();
    expect(pods.map((pod) => askedFor(pod, '/metrics'))).toEqual([1, 1]);
    table.addSent(0, 1);
    await expect.poll(() => pods.every((pod) => askedFor(pod, '/metrics') > 1)).toBe(true);
  });

  it('scrapes all idle pods again once one shows in a quiet time that others sent it something', async () => {
    const [first, second] = [await startPod(0), await startPod(1)];
    for (const pod of [first, second]) pod.answerWith((_, response) => response.end(pageWithQueue(0)));
    const { scraper } = startScraping({ quietIntervalMs: 60_000, quietAfterMs: 0 });
    scraper.follow(snapshotOf([first.endpoint, second.endpoint]));
    await scraper.firstRound();
    first.answerWith(servePages);
    // Nothing else has it scraped again so soon.
    first.closeIdleConnections();
    await expect.poll(() => askedFor(second, '/metrics')).toBeGreaterThan(1);
  });

  it('notices in a quiet time that a pod has ended, by the end of its connection', async () => {
    const pod = await startPod();
    pod.answerWith((_, response) => response.end(pageWithQueue(0)));
    const { scraper, states } = startScraping({ quietIntervalMs: 60_000, quietAfterMs: 0 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await scraper.firstRound();
    expect(askedFor(pod, '/metrics')).toBe(1);
    await pod.stop();
    await expect.poll(() => states).toEqual(['fresh', 'dead']);
  });

  it('scrapes a pod that keeps no connection as often in a quiet time as in another', async () => {
    const pod = await startPod();
    pod.answerWith((_, response) => response.setHeader('connection', 'close').end(pageWithQueue(0)));
    const { scraper } = startScraping({ quietIntervalMs: 60_000, quietAfterMs: 0 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await expect.poll(() => askedFor(pod, '/metrics')).toBeGreaterThan(3);
  });

  it('waits any part of an interval before the second scrape, so that pods do not stay in step', async () => {
    const pod = await startPod();
    const { scraper, run } = createScraping({ timing: { intervalMs: 60_000 }, random: () => 0 });
    scraper.follow(snapshotOf([pod.endpoint]));
    void run();
    await expect.poll(() => askedFor(pod, '/metrics')).toBe(2);
  });

  it('begins the next scrape an interval after the last began, and rests at least half of it', async () => {
    const tookMs = [0, 0, 150, 300];
    const rests: number[] = [];
    const clock = { nowMs: 0 };
    const stop = new AbortController();
    const watch = {
      ...{ idleMs: () => 400, worked: () => undefined, unsettled: () => undefined },
      rest: async (_: number, ms: number) => {
        rests.push(ms);
        if (rests.length === tookMs.length) stop.abort();
      },
    };
    const deps = {
      ...{
        table: createLoadTable(),
        settleSeen: () => undefined,
        timing: TIMING,
        apiKey: () => undefined,
        metricsPath: '/',
      },
      ...{ now: () => clock.nowMs, random: () => 0.5, observer: SILENT },
      get: async ({ onPiece }: GetRequest): Promise<GetResult> => {
        clock.nowMs += tookMs[rests.length] ?? 0;
        onPiece?.(Buffer.from(pageWithQueue(0)));
        return { kind: 'answered', status: 200, body: Buffer.alloc(0) };
      },
    };
    const [endpoint, listener] = [
      (await startPod()).endpoint,
      { tried: () => undefined, revived: () => undefined },
    ];
    await runLoadLoop({ endpoint, deps, listener, watch, delayMs: 0 }, stop.signal);
    // The first is any part of an interval, here half of one.
    expect(rests).toEqual([200, 400, 250, 200]);
  });

  it('takes no figure of a page whose families have moved, but scrapes it again', async () => {
    const pod = await startPod();
    const { scraper, states, settled } = startScraping();
    const lines = ['vllm:num_requests_waiting 1\n', 'vllm:num_requests_running 1\n'];
    /** How many scrapes were over at each question. */
    const over: number[] = [];
    pod.answerWith((request, response) => {
      if (request.url === '/metrics') over.push(settled.length);
      response.end((over.length < 3 ? lines : lines.toReversed()).join(''));
    });
    scraper.follow(snapshotOf([pod.endpoint]));
    await expect.poll(() => over.length).toBeGreaterThan(4);
    expect([over.slice(0, 5), states]).toEqual([[0, 1, 2, 2, 3], ['fresh']]);
  });

  it('scrapes a pod often while it has been sent what no scrape has seen', async () => {
    const pod = await startPod();
    pod.answerWith((_, response) => response.end(pageWithQueue(0)));
    const { scraper, table } = startScraping({ idleIntervalMs: 60_000 });
    table.addSent(0, 1);
    scraper.follow(snapshotOf([pod.endpoint]));
    await expect.poll(() => askedFor(pod, '/metrics')).toBeGreaterThan(3);
  });

  it('looks again soon after a failed scrape, and less often at a dead pod', async () => {
    const pod = await startPod();
    pod.answerWith((_, response) => response.writeHead(503).end());
    const { scraper, states } = startScraping({ idleIntervalMs: 60_000, deadIntervalMs: 60_000 });
    scraper.follow(snapshotOf([pod.endpoint]));
    await expect.poll(() => states).toEqual(['dead']);
    expect(askedFor(pod, '/metrics')).toBe(2);
  });

  it('does not call a pod stale that has gone', async () => {
    const [gone, stays] = [await startPod(0), await startPod(1)];
    const first = startScraping({ stalenessMs: 200 });
    first.scraper.follow(snapshotOf([gone.endpoint]));
    await expect.poll(() => first.table.freshness[0]).toBe('fresh');
    first.scraper.follow(snapshotOf([]));
    const second = startScraping({ stalenessMs: 400, intervalMs: 60_000 });
    second.scraper.follow(snapshotOf([stays.endpoint]));
    await expect.poll(() => second.states).toEqual(['fresh', 'stale']);
    expect(first.states).toEqual(['fresh']);
  });
});
