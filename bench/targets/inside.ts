import { join } from 'node:path';
import { z } from 'zod';
import { startLoad } from '../load/start-load.ts';
import { startChild } from '../processes/child.ts';
import { formatNumber } from '../report/format.ts';
import { median } from '../report/median.ts';
import type { Target } from '../report/target.ts';
import { startPods } from '../servers/start-pods.ts';
import type { TargetsOptions } from './options.ts';

const portSchema = z.object({ port: z.number() });
const tookSchema = z.object({ took: z.array(z.number()) });
const BODY_BYTES = 1024;
const CONNECTIONS = 4;
const RUNS = 5;
const MOST = 3;
const CLOSED = { kind: 'closed', concurrency: 16, requests: 1_000_000 } as const;

/** How evenly Serin answers at half of what it can take: from a request's last message to its reply. */
export async function measureInside(
  { warmUpMs, windowMs }: Pick<TargetsOptions, 'warmUpMs' | 'windowMs'>,
  signal: AbortSignal,
): Promise<readonly Target[]> {
  const ended = new AbortController();
  const stop = AbortSignal.any([signal, ended.signal]);
  try {
    const pods = await startPods([0, 0, 0], stop);
    const server = startChild([join(import.meta.dirname, '../servers/timed-serin.ts'), ...pods], stop);
    const { port } = portSchema.parse(await server.listen());
    const load = startLoad(stop);
    const to = { protocol: 'ext_proc', port, bodyBytes: BODY_BYTES, connections: CONNECTIONS } as const;
    // Code that runs for the first time is slower.
    await load({ ...to, loop: { ...CLOSED, forMs: warmUpMs } });
    const { requests, elapsedMs } = await load({ ...to, loop: { ...CLOSED, forMs: windowMs } });
    const perSecond = Math.floor((requests * 1000) / elapsedMs / 2);
    const runs: Quantiles[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await server.ask('forget');
      await load({ ...to, loop: { kind: 'open', perSecond, forMs: windowMs, seed: run + 1 } });
      runs.push(quantilesOf(tookSchema.parse(await server.ask('tell')).took));
    }
    return [targetOf(runs, perSecond)];
  } finally {
    ended.abort();
  }
}

interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

function quantilesOf(times: readonly number[]): Quantiles {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}

function targetOf(runs: readonly Quantiles[], perSecond: number): Target {
  const ratio = median(runs.map(({ p50, p99 }) => p99 / p50));
  const micros = (of: 'p50' | 'p99') => formatNumber(1000 * median(runs.map((run) => run[of])));
  return {
    work: `time inside Serin at ${perSecond} requests/s, half of its saturation, direct driver, median of ${RUNS} runs`,
    found: `p99 ${formatNumber(ratio)} × p50 (${micros('p99')} and ${micros('p50')} µs)`,
    wanted: `p99 ≤ ${MOST} × p50`,
    holds: ratio <= MOST,
  };
}
