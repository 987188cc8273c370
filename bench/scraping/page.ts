import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetricsReader, type PageReading } from '../../src/sources/scrape/metrics-reader.ts';
import { parseLabels } from '../../src/sources/scrape/parse-labels.ts';
import { parseMetrics } from '../../src/sources/scrape/parse-metrics.ts';
import { metricsPage } from './metrics-page.ts';
import { type AskPage, waysToPages } from './ways.ts';

const BUDGET_MS = 800;
const MIN_RUNS = 20;
/** A vLLM with one engine and a few adapters. */
const PAGE_BYTES = 65_000;
/** What Serin reads from a socket at once. */
const PIECE_BYTES = 64 * 1024;

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

/** Runs for a bounded time; the first fifth only warms the compiler up. A number is what is taken for the time. */
async function time(name: string, work: () => unknown): Promise<void> {
  const micros: number[] = [];
  const end = performance.now() + BUDGET_MS;
  while (performance.now() < end || micros.length < MIN_RUNS) {
    const start = performance.now();
    const told = await work();
    micros.push(1000 * (typeof told === 'number' ? told : performance.now() - start));
  }
  const sorted = micros.slice(Math.floor(micros.length / 5)).sort((a, b) => a - b);
  const figures = [0, 0.5, 0.99].map((part) => sorted[Math.round(part * (sorted.length - 1))] ?? 0);
  console.log(name.padEnd(46) + figures.map((value) => value.toFixed(0).padStart(8)).join(''));
}

/** Times reading a pod's load; about ten seconds. */
export async function benchScrape(): Promise<void> {
  const stop = new AbortController();
  console.log(`${''.padEnd(46)}µs:  min   median     p99`);
  for (const loraSeries of [6, 1000]) {
    const page = await metricsPage({ loraSeries, bytes: PAGE_BYTES });
    const startPage = createMetricsReader();
    await time(`read on, ${page.length} bytes, ${loraSeries} lora series`, () =>
      readInPieces(page, startPage()),
    );
    await time('  its longest piece', () => longestPieceMs(page, startPage()));
    await time('  every family searched for', () => parseMetrics(page));
    await time('  every series of it', () => parseWholePage(page));
    const server = createServer((_, response) => response.end(page)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const address = `127.0.0.1:${port}`;
    for (const [name, ask] of waysToPages(stop.signal))
      await time(`  scrape by ${name}, server in the same process`, () => scrape(ask, address, startPage));
    server.closeAllConnections();
    server.close();
  }
  stop.abort();
}

/** Reads a page as it comes from a socket. */
function readInPieces(page: Buffer, reading: PageReading): void {
  for (let at = 0; at < page.length; at += PIECE_BYTES) reading.take(page.subarray(at, at + PIECE_BYTES));
  reading.end();
}

/** What a request may have to wait for, since nothing else runs meanwhile. */
function longestPieceMs(page: Buffer, { take, end }: PageReading): number {
  let longest = 0;
  const timed = (piece: Buffer) => {
    const start = performance.now();
    take(piece);
    longest = Math.max(longest, performance.now() - start);
  };
  readInPieces(page, { take: timed, end });
  return longest;
}

async function scrape(ask: AskPage, address: string, startPage: () => PageReading): Promise<void> {
  const reading = startPage();
  await ask(address, reading.take);
  reading.end();
}
