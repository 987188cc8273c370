import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { startLoad } from '../load/start-load.ts';
import type { Child } from '../processes/child.ts';
import { startChild } from '../processes/child.ts';
import { formatNumber } from '../report/format.ts';
import type { Target } from '../report/target.ts';
import { startServer } from '../servers/start-server.ts';

/** A metrics page of a real vLLM with one engine. */
const PAGE_BYTES = 65_000;
const IDLE_PODS = 100;
const LOADED_PODS = 3;
const LOAD_PER_SECOND = 500;
const MOST_CORE = 0.15;
const MOST_AGE_MS = 100;
const MEDIAN_OF = 3;

const portsSchema = z.object({ ports: z.array(z.number()) });
const gapsSchema = z.object({ gaps: z.array(z.number()) });

/** What watching pods costs while nothing is asked, and how old the view of a busy pod gets. */
export async function measureScraping(windowMs: number, signal: AbortSignal): Promise<readonly Target[]> {
  return [await measureIdle(windowMs, signal), await measureAge(windowMs, signal)];
}

/** In a window of ten seconds the first share is over before idle pods are asked less often, and the others are not. */
async function measureIdle(windowMs: number, signal: AbortSignal): Promise<Target> {
  return withPods(IDLE_PODS, signal, async ({ pods }, stop) => {
    const server = await startServer('serin-native', { pods, peer: undefined }, stop);
    const wait = (ms: number) => sleep(ms, undefined, { signal: stop });
    const shareOf = async (ms: number) => {
      const [cpuUs, startedMs] = [await server.cpuUs(), performance.now()];
      await wait(ms);
      return ((await server.cpuUs()) - cpuUs) / 1000 / (performance.now() - startedMs);
    };
    await wait(0.2 * windowMs);
    const first = await shareOf(0.6 * windowMs);
    await wait(0.4 * windowMs);
    const shares: number[] = [];
    for (let round = 0; round < MEDIAN_OF; round += 1) shares.push(await shareOf(windowMs));
    const core = shares.sort((a, b) => a - b)[1] ?? Number.NaN;
    return {
      work: `scraping ${IDLE_PODS} idle pods with pages of ${Math.round(PAGE_BYTES / 1000)} KB`,
      found: `${formatNumber(core)} core, ${formatNumber(first)} in the first seconds`,
      wanted: `≤ ${MOST_CORE} core`,
      holds: Math.max(core, first) <= MOST_CORE,
    };
  });
}

async function measureAge(windowMs: number, signal: AbortSignal): Promise<Target> {
  return withPods(LOADED_PODS, signal, async ({ pods, child }, stop) => {
    const { port } = await startServer('serin-native', { pods, peer: undefined }, stop);
    const loop = { kind: 'open', perSecond: LOAD_PER_SECOND, forMs: windowMs } as const;
    const plan = { protocol: 'ext_proc', port, bodyBytes: 1024, connections: 4, loop } as const;
    const load = startLoad(stop);
    await load(plan);
    await child.ask('gaps');
    await load(plan);
    const gaps = gapsSchema.parse(await child.ask('gaps')).gaps.sort((a, b) => a - b);
    const p99 = gaps[Math.floor(0.99 * (gaps.length - 1))] ?? Number.NaN;
    return {
      work: `age of the view of a pod under load, ${LOAD_PER_SECOND} requests/s, p99`,
      found: `${formatNumber(p99)} ms`,
      wanted: `≤ ${MOST_AGE_MS} ms`,
      holds: p99 <= MOST_AGE_MS,
    };
  });
}

interface Pods {
  readonly pods: readonly string[];
  readonly child: Child;
}

/** Starts pods for a piece of work, and ends everything with it. */
async function withPods<T>(
  count: number,
  signal: AbortSignal,
  work: (pods: Pods, stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  try {
    const file = new URL('../servers/metrics-pods.ts', import.meta.url).pathname;
    const child = startChild([file, String(count), String(PAGE_BYTES)], stop);
    const { ports } = portsSchema.parse(await child.listen());
    return await work({ pods: ports.map((port) => `127.0.0.1:${port}`), child }, stop);
  } finally {
    ended.abort();
  }
}
