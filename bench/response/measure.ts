import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { envoyPath } from '../../test/e2e/gateway.ts';
import type { Child } from '../processes/child.ts';
import { startChild } from '../processes/child.ts';
import { cpuTimeUs } from '../processes/proc.ts';
import { median } from '../report/median.ts';
import { startGateway } from '../servers/gateway.ts';
import { startPods } from '../servers/start-pods.ts';
import { startSerin } from '../servers/start-server.ts';
import type { ResponseOptions } from './options.ts';
import type { StreamPlan, StreamResult } from './stream-plan.ts';
import { streamResultSchema } from './stream-plan.ts';
import type { WayName } from './ways.ts';
import { WAY_NAMES, WAYS } from './ways.ts';

/** What the rounds found of one way; medians. */
export interface WayRow {
  readonly way: WayName;
  readonly rounds: number;
  readonly streams: number;
  readonly failed: number;
  readonly events: number;
  /** CPU time of the process for each event that a client has read. */
  readonly serinUsPerEvent: number;
  readonly envoyUsPerEvent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Contender {
  readonly way: WayName;
  readonly serin: Child;
  readonly envoyPid: number;
  readonly port: number;
}

interface Sample extends StreamResult {
  readonly serinUs: number;
  readonly envoyUs: number;
}

/** Fresh pages of pods cost a Serin as much as some hundred events a second. */
const FLAGS = ['--refresh-metrics-interval=1s', '--metrics-staleness-threshold=5s'];
/** The last batch of a log is under way for a second. */
const AFTER_MS = 1_500;
const WARM_UP_EVENTS = 20;

const cpuSchema = z.object({ cpuUs: z.number() });

/** Runs the rounds: in each of them every way gets the same load, one after the other. */
export async function measureWays(
  options: ResponseOptions,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<readonly WayRow[]> {
  const pods = await startPods([0, 0, 0], signal);
  const clients = startChild([join(import.meta.dirname, 'stream-clients.ts')], signal);
  const contenders: Contender[] = [];
  for (const way of WAY_NAMES) contenders.push(await startContender(way, pods, signal));
  const warmUp = { ...options, events: Math.min(WARM_UP_EVENTS, options.events) };
  for (const each of contenders) await run(each, clients, warmUp);
  const samples = new Map<WayName, Sample[]>(WAY_NAMES.map((way) => [way, []]));
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const each of contenders) {
      say(`round ${round}, ${WAYS[each.way].label}`);
      samples.get(each.way)?.push(await run(each, clients, options));
    }
  }
  return WAY_NAMES.map((way) => rowOf(way, samples.get(way) ?? []));
}

async function startContender(
  way: WayName,
  pods: readonly string[],
  signal: AbortSignal,
): Promise<Contender> {
  const { flags, gateway } = WAYS[way];
  const { child, port } = await startSerin({ flags: [...FLAGS, ...flags], pods }, signal);
  const envoy = await startGateway({ path: await envoyPath(), grpcPort: port, ...gateway }, signal);
  return { way, serin: child, envoyPid: envoy.pid, port: envoy.listenerPort };
}

async function run(
  { serin, envoyPid, port }: Contender,
  clients: Child,
  { streams, events, intervalMs }: Pick<ResponseOptions, 'streams' | 'events' | 'intervalMs'>,
): Promise<Sample> {
  const serinUs = async () => cpuSchema.parse(await serin.ask('cpu')).cpuUs;
  const before = { serin: await serinUs(), envoy: cpuTimeUs(envoyPid) };
  const plan: StreamPlan = { port, streams, events, intervalMs };
  const result = streamResultSchema.parse(await clients.ask(plan));
  await sleep(AFTER_MS);
  return {
    ...result,
    serinUs: (await serinUs()) - before.serin,
    envoyUs: cpuTimeUs(envoyPid) - before.envoy,
  };
}

function rowOf(way: WayName, samples: readonly Sample[]): WayRow {
  const total = (pick: (sample: Sample) => number) => samples.reduce((sum, each) => sum + pick(each), 0);
  const middle = (pick: (sample: Sample) => number) => median(samples.map(pick));
  return {
    way,
    rounds: samples.length,
    streams: total(({ streams }) => streams),
    failed: total(({ failed }) => failed),
    events: total(({ events }) => events),
    serinUsPerEvent: middle(({ serinUs, events }) => serinUs / events),
    envoyUsPerEvent: middle(({ envoyUs, events }) => envoyUs / events),
    p50Ms: middle(({ p50Ms }) => p50Ms),
    p99Ms: middle(({ p99Ms }) => p99Ms),
  };
}
