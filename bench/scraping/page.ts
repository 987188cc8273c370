import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpGet } from '../../src/sources/scrape/http-get.ts';
import { parseLabels } from '../../src/sources/scrape/parse-labels.ts';
import { parseMetrics } from '../../src/sources/scrape/parse-metrics.ts';
import { metricsPage } from './metrics-page.ts';

const BUDGET_MS = 800;
const MIN_RUNS = 20;
/** A vLLM with one engine and a few adapters. */
const PAGE_BYTES = 53_000;

/** What the narrow parser is measured against: every series of the page, with its labels and value. */
function parseWholePage(page: Buffer): ReadonlyMap<string, readonly object[]> {
  const families = new Map<string, object[]>();
  for (const line of page.toString().split('\n')) {
    const parts = /^([\w:]+)(\{.*\})?\s+(\S+)/.exec(line);
    if (parts === null) continue;
    const [, name = '', labels = '', value] = parts;
    const series = families.get(name) ?? [];
    families.set(name, series);
    series.push({ labels: parseLabels(labels), value: Number(value) });
  }
  return families;
}

/** Runs for a bounded time; the first fifth only warms the compiler up. */
async function time(name: string, work: () => unknown): Promise<void> {
  const micros: number[] = [];
  const end = performance.now() + BUDGET_MS;
  while (performance.now() < end || micros.length < MIN_RUNS) {
    const start = performance.now();
    await work();
    micros.push((performance.now() - start) * 1000);
  }
  const sorted = micros.slice(Math.floor(micros.length / 5)).sort((a, b) => a - b);
  const figures = [0, 0.5, 0.99].map((part) => sorted[Math.round(part * (sorted.length - 1))] ?? 0);
  console.log(name.padEnd(46) + figures.map((value) => value.toFixed(0).padStart(8)).join(''));
}

/** Times reading a pod's load; about six seconds. */
export async function benchScrape(): Promise<void> {
  const stop = new AbortController();
  const get = createHttpGet(stop.signal);
  console.log(`${''.padEnd(46)}µs:  min   median     p99`);
  for (const loraSeries of [6, 1000]) {
    const page = await metricsPage({ loraSeries, bytes: PAGE_BYTES });
    await time(`parse, ${page.length} bytes, ${loraSeries} lora series`, () => parseMetrics(page));
    await time('  every series of it', () => parseWholePage(page));
    const server = createServer((_, response) => response.end(page)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const address = `127.0.0.1:${port}`;
    const request = { address, path: '/metrics', headers: {}, timeoutMs: 5_000, signal: stop.signal };
    await time('  scrape of it, server in the same process', async () => {
      const result = await get(request);
      if (result.kind !== 'answered') throw new Error(result.kind);
      return parseMetrics(result.body);
    });
    server.close();
  }
  stop.abort();
}
