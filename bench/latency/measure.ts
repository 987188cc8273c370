import type { LoadPlan, LoadResult } from '../load/plan.ts';
import { startLoad } from '../load/start-load.ts';
import { median } from '../report/median.ts';
import type { ServerName } from '../servers/kinds.ts';
import { startPods } from '../servers/start-pods.ts';
import { type RunningServer, startServer } from '../servers/start-server.ts';
import { planOf, type RoundOfWork } from '../transport/plans.ts';
import { failedOf } from '../transport/samples.ts';
import type { LatencyOptions } from './options.ts';

/** How long requests took at one load; medians of the rounds. */
export interface LatencyRow {
  readonly server: ServerName;
  /** The load, as a part of what the server managed in a closed loop. */
  readonly load: number;
  readonly perSecond: number;
  readonly requests: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How late the driver was, which is in these times. */
  readonly lateP99Ms: number;
  /** By the floor's at the same part of its own saturation. */
  readonly p99OfFloor: number;
}

const BODY_BYTES = 1024;

/** Puts rising loads on the floor, on Serin and on a peer, in turns. */
export async function measureLatencies(
  options: LatencyOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<readonly LatencyRow[]> {
  const { peer, podPorts, loads, rounds } = options;
  const pods = await startPods(podPorts, signal);
  const names: readonly ServerName[] = [
    'floor',
    'serin-native',
    ...(peer === undefined ? [] : ['peer' as const]),
  ];
  const servers = await Promise.all(names.map((name) => startServer(name, { pods, peer }, signal)));
  const put = createPut(startLoad(signal));
  const saturated: (readonly [RunningServer, number])[] = [];
  for (const server of servers) saturated.push([server, await saturationOf(put, server, options)]);
  const rows: LatencyRow[] = [];
  for (const load of loads) {
    say(`${Math.round(100 * load)} % of what each server manages`);
    const results = new Map<RunningServer, LoadResult[]>(servers.map((server) => [server, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [server, most] of saturated) {
        const work = {
          part: 'rate',
          bodyBytes: BODY_BYTES,
          perSecond: Math.floor(load * most),
          round,
        } as const;
        results.get(server)?.push(await put(server, work, options.windowMs));
      }
    }
    rows.push(...rowsOf(load, saturated, results));
  }
  return rows;
}

type Put = (server: RunningServer, work: RoundOfWork, forMs: number) => Promise<LoadResult>;

function createPut(load: (plan: LoadPlan) => Promise<LoadResult>): Put {
  return ({ port }, work, forMs) => load(planOf({ port, gatewayPort: undefined }, work, forMs));
}

/** Requests a second in a closed loop, after the code was compiled. */
async function saturationOf(
  put: Put,
  server: RunningServer,
  { warmUpMs, windowMs, rounds }: LatencyOptions,
): Promise<number> {
  const work = { part: 'direct', bodyBytes: BODY_BYTES, perSecond: 0, round: 0 } as const;
  await put(server, work, warmUpMs);
  const managed: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const result = await put(server, work, windowMs);
    managed.push(((result.requests - failedOf(result)) * 1000) / result.elapsedMs);
  }
  return median(managed);
}

function rowsOf(
  load: number,
  saturated: readonly (readonly [RunningServer, number])[],
  results: ReadonlyMap<RunningServer, readonly LoadResult[]>,
): readonly LatencyRow[] {
  const medianOf = (server: RunningServer, of: 'p50Ms' | 'p99Ms' | 'lateP99Ms') =>
    median((results.get(server) ?? []).map((result) => result[of]));
  const floor = saturated.find(([{ name }]) => name === 'floor')?.[0];
  return saturated.map(([server, most]) => {
    const some = results.get(server) ?? [];
    const p99Ms = medianOf(server, 'p99Ms');
    return {
      server: server.name,
      load,
      perSecond: Math.floor(load * most),
      requests: some.reduce((sum, { requests }) => sum + requests, 0),
      failed: some.reduce((sum, result) => sum + failedOf(result), 0),
      p50Ms: medianOf(server, 'p50Ms'),
      p99Ms,
      lateP99Ms: medianOf(server, 'lateP99Ms'),
      p99OfFloor: floor === undefined ? Number.NaN : p99Ms / medianOf(floor, 'p99Ms'),
    };
  });
}
