import { z } from 'zod';
import { envoyPath } from '../../test/e2e/gateway.ts';
import type { LoadPlan, LoadResult } from '../load/plan.ts';
import { startClients } from '../load/start-clients.ts';
import type { Child } from '../processes/child.ts';
import { formatBytes } from '../report/format.ts';
import { median } from '../report/median.ts';
import { startGateway } from '../servers/gateway.ts';
import { FLOOR } from '../servers/kinds.ts';
import { startPods } from '../servers/start-pods.ts';
import { type Started, startBare, startSerin } from '../servers/start-server.ts';
import { planOf } from '../transport/plans.ts';
import { failedOf } from '../transport/samples.ts';
import type { Driver, ProfileOptions } from './options.ts';
import { type Profile, profileSchema } from './profile-data.ts';
import { type Shares, sharesOf } from './shares.ts';

/** Where the time of a request went, under one driver with one size of body. */
export interface ProfileRow extends Shares {
  readonly driver: Driver;
  readonly bodyBytes: number;
  /** Of the windows without the profiler. */
  readonly requests: number;
  /** CPU time of the whole process, without the profiler; medians of the rounds. */
  readonly cpuUsPerRequest: number;
  /** Of its main thread alone. */
  readonly mainUsPerRequest: number;
  /** By the floor's in the same round. */
  readonly ofFloor: number;
}

const cpuSchema = z.object({ cpuUs: z.number(), mainUs: z.number() });

interface Target {
  readonly child: Child;
  readonly port: number;
  readonly gatewayPort: number | undefined;
}

interface Setting {
  readonly options: ProfileOptions;
  readonly serin: Target;
  readonly floor: Target;
  readonly load: (plan: LoadPlan) => Promise<LoadResult>;
}

/** Profiles `serin serve` under load, in turns with windows without the profiler, and with the floor's. */
export async function measureProfiles(
  options: ProfileOptions,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<readonly ProfileRow[]> {
  const pods = await startPods([0, 0, 0], signal);
  const { root } = options;
  const flags = ['--transport=native'];
  const serin = await startSerin({ flags, pods, ...(root === undefined ? {} : { root }) }, signal);
  const floor = await startBare(FLOOR, pods, signal);
  const target = (started: Started) => withGateway(started, options, signal);
  const overHttp = options.drivers.includes('envoy');
  const { load } = await startClients({ windowMs: options.windowMs, overHttp }, say, signal);
  const [one, other] = [await target(serin), await target(floor)];
  const setting = { options, serin: one, floor: other, load };
  const rows: ProfileRow[] = [];
  for (const driver of options.drivers) {
    for (const bodyBytes of options.sizes) {
      say(`${driver}, ${formatBytes(bodyBytes)}`);
      rows.push(await profile(setting, driver, bodyBytes));
    }
  }
  return rows;
}

async function withGateway(
  { child, port }: Started,
  { drivers }: ProfileOptions,
  signal: AbortSignal,
): Promise<Target> {
  if (!drivers.includes('envoy')) return { child, port, gatewayPort: undefined };
  const gateway = await startGateway({ path: await envoyPath(), grpcPort: port }, signal);
  return { child, port, gatewayPort: gateway.listenerPort };
}

interface Cost {
  readonly requests: number;
  readonly cpuUs: number;
  readonly mainUs: number;
}

async function profile(setting: Setting, driver: Driver, bodyBytes: number): Promise<ProfileRow> {
  const { options, serin, floor, load } = setting;
  const { rounds, warmUpMs, windowMs, functions } = options;

  async function put(target: Target, forMs: number): Promise<number> {
    const work = { part: driver, bodyBytes, perSecond: 0, round: 0 } as const;
    const result = await load(planOf(target, work, forMs));
    // A figure with failures behind it is no figure.
    if (failedOf(result) > 0) throw new Error(`requests failed: ${JSON.stringify(result.failures)}`);
    return result.requests;
  }

  async function costOf(target: Target): Promise<Cost> {
    const before = cpuSchema.parse(await target.child.ask('cpu'));
    const requests = await put(target, windowMs);
    const after = cpuSchema.parse(await target.child.ask('cpu'));
    return {
      requests,
      cpuUs: (after.cpuUs - before.cpuUs) / requests,
      mainUs: (after.mainUs - before.mainUs) / requests,
    };
  }

  for (const target of [serin, floor]) await put(target, warmUpMs);
  const costs: (Cost & { readonly ofFloor: number })[] = [];
  const profiles: Profile[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const floorCost = await costOf(floor);
    const cost = await costOf(serin);
    costs.push({ ...cost, ofFloor: cost.cpuUs / floorCost.cpuUs });
    await serin.child.ask('profile');
    await put(serin, windowMs);
    profiles.push(profileSchema.parse(await serin.child.ask('profiled')).profile);
  }
  const medianOf = (figure: 'cpuUs' | 'mainUs' | 'ofFloor') => median(costs.map((cost) => cost[figure]));
  return {
    driver,
    bodyBytes,
    requests: costs.reduce((sum, { requests }) => sum + requests, 0),
    cpuUsPerRequest: medianOf('cpuUs'),
    mainUsPerRequest: medianOf('mainUs'),
    ofFloor: medianOf('ofFloor'),
    ...sharesOf(profiles, functions),
  };
}
