import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMetricsReader, type PageReading } from '../../src/sources/scrape/metrics-reader.ts';
import { parseMetrics } from '../../src/sources/scrape/parse-metrics.ts';
import { cpuUs } from '../micro/cpu-clock.ts';
import { type Effort, takeTurns } from '../micro/turns.ts';
import { median } from '../report/median.ts';
import { metricsPage } from './metrics-page.ts';
import { type AskPage, waysToPages } from './ways.ts';
import { parseWholePage } from './whole-page.ts';

/** What it costs to read one page, and to fetch it. */
export interface ScrapeRow {
  /** Combinations of adapters that the page tells of. */
  readonly series: number;
  readonly bytes: number;
  /** Read as it comes, up to the last family that is wanted. */
  readonly readUs: number;
  /** What a request may have to wait for meanwhile. */
  readonly longestPieceUs: number;
  /** With each wanted family searched for in the whole page, as where their order is not known. */
  readonly searchUs: number;
  /** Every series of it, as a parser reads that knows of no wanted ones. */
  readonly floorUs: number;
  readonly ratio: number;
  /** CPU time from the question to the last byte read, by a client's name; the server's, in this process, is in it. */
  readonly scrapesUs: { readonly [client: string]: number };
}

/** A vLLM with one engine and a few adapters, and one that has served very many. */
const SERIES = [6, 1000];
const PAGE_BYTES = 65_000;
/** What Serin reads from a socket at once. */
const PIECE_BYTES = 64 * 1024;
/** Scrapes of a round. */
const SCRAPES = 100;

/** Times reading and fetching pages. */
export async function measurePages(effort: Effort): Promise<readonly ScrapeRow[]> {
  const rows: ScrapeRow[] = [];
  for (const series of SERIES) {
    const page = await metricsPage({ loraSeries: series, bytes: PAGE_BYTES });
    rows.push({
      series,
      bytes: page.length,
      ...readingOf(page, effort),
      scrapesUs: await scrapesOf(page, effort),
    });
  }
  return rows;
}

function readingOf(page: Buffer, effort: Effort): Omit<ScrapeRow, 'series' | 'bytes' | 'scrapesUs'> {
  const startPage = createMetricsReader();
  const turns = takeTurns(
    new Map<string, () => void>([
      ['read', () => readInPieces(page, startPage())],
      ['search', () => void parseMetrics(page)],
      ['whole', () => void parseWholePage(page)],
    ]),
    effort,
  );
  const pieces = Array.from({ length: effort.rounds }, () => 1000 * longestPieceMs(page, startPage()));
  return {
    readUs: turns.us('read'),
    longestPieceUs: median(pieces),
    searchUs: turns.us('search'),
    floorUs: turns.us('whole'),
    ratio: turns.ratio('read', 'whole'),
  };
}

/** Reads a page as it comes from a socket. */
function readInPieces(page: Buffer, reading: PageReading): void {
  for (let at = 0; at < page.length; at += PIECE_BYTES) reading.take(page.subarray(at, at + PIECE_BYTES));
  reading.end();
}

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

async function scrapesOf(page: Buffer, { rounds }: Effort): Promise<ScrapeRow['scrapesUs']> {
  const stop = new AbortController();
  const server = createServer((_, response) => response.end(page)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ways = waysToPages(stop.signal);
  const taken = new Map<string, number[]>([...ways.keys()].map((name) => [name, []]));
  try {
    // The first one only warms up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, ask] of ways) {
        const us = await scrapeUs(ask, address);
        if (round > 0) taken.get(name)?.push(us);
      }
    }
  } finally {
    stop.abort();
    server.closeAllConnections();
    server.close();
  }
  return Object.fromEntries([...taken].map(([name, times]) => [name, median(times)]));
}

async function scrapeUs(ask: AskPage, address: string): Promise<number> {
  const startPage = createMetricsReader();
  const startedUs = cpuUs();
  for (let scrape = 0; scrape < SCRAPES; scrape += 1) {
    const reading = startPage();
    await ask(address, reading.take);
    reading.end();
  }
  return (cpuUs() - startedUs) / SCRAPES;
}
