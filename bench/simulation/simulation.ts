import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { type Command, createCommand } from '../arguments.ts';
import { drawLoads, PLOTTED } from './load-plot.ts';
import { parseSimulationOptions, SIMULATION_USAGE, type SimulationOptions } from './options.ts';
import { PEERS, POLICIES, SERIN } from './policies/policies.ts';
import { benchReal } from './real/real.ts';
import { reportOf } from './report.ts';
import { type Pairing, pairPolicies, type Trial, tryPolicies } from './trials.ts';
import { bestPeer } from './verdict.ts';
import { WORKLOADS } from './workloads.ts';

const { log, error: say } = console;
/** Workloads whose load is varied: as many slots as adapters, more adapters than slots, very many, and none that talk. */
const VARIED = ['even split', 'Zipf 100', 'Zipf 1000', 'conversations'];

/** Simulates all policies on all workloads and writes the report; resolves with the exit status. */
export const benchSimulation: Command = createCommand(
  parseSimulationOptions,
  SIMULATION_USAGE,
  runSimulation,
);

async function runSimulation(options: SimulationOptions, signal: AbortSignal): Promise<number> {
  if (options.real) return benchReal(signal);
  const trials = await tryAll(options, signal);
  const pairings = await pairAll(options, trials, signal);
  const paced = await tryPaces(options, signal);
  const report = reportOf({ ...options, trials, pairings, plots: paced.length > 0 });
  const { seeds, pairSeeds } = options;
  log(report);
  const files = new Map([
    ['report.md', report],
    ['report.json', jsonOf({ seeds, pairSeeds, trials, pairings, paced })],
  ]);
  if (paced.length > 0) files.set('load.svg', drawLoads(VARIED, paced));
  await mkdir(options.out, { recursive: true });
  for (const [name, text] of files) {
    await writeFile(join(options.out, name), text);
    say(`wrote ${join(options.out, name)}`);
  }
  return 0;
}

async function tryAll({ seeds }: SimulationOptions, signal: AbortSignal): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  for (const workload of WORKLOADS) {
    say(workload.name);
    trials.push(...tryPolicies(workload, POLICIES, { seeds, pace: 1 }));
    // A simulation leaves no room for signals while it runs.
    await breathe();
    signal.throwIfAborted();
  }
  return trials;
}

/** Serin beside the best peer of each workload. */
async function pairAll(
  { pairSeeds }: SimulationOptions,
  trials: readonly Trial[],
  signal: AbortSignal,
): Promise<readonly Pairing[]> {
  const pairings: Pairing[] = [];
  for (const workload of WORKLOADS) {
    const peer = bestPeer(workload.name, trials)?.policy ?? '';
    const [own, other] = [POLICIES.get(SERIN), PEERS.get(peer)];
    if (own === undefined || other === undefined) continue;
    say(`${workload.name}, beside ${peer}`);
    const both = [[SERIN, own] as const, [peer, other] as const] as const;
    pairings.push(pairPolicies(workload, both, pairSeeds));
    await breathe();
    signal.throwIfAborted();
  }
  return pairings;
}

/** JSON with a line for each trial. */
function jsonOf(results: { readonly [name: string]: readonly unknown[] }): string {
  const lists = Object.entries(results).map(
    ([name, items]) => `"${name}": [\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]`,
  );
  return `{\n${lists.join(',\n')}\n}\n`;
}

async function tryPaces({ seeds, paces }: SimulationOptions, signal: AbortSignal): Promise<readonly Trial[]> {
  const trials: Trial[] = [];
  const policies = new Map([...POLICIES].filter(([name]) => PLOTTED.has(name) || name === SERIN));
  for (const workload of WORKLOADS.filter(({ name }) => VARIED.includes(name))) {
    for (const pace of paces) {
      say(`${workload.name}, ${Math.round(100 * pace)} %`);
      trials.push(...tryPolicies(workload, policies, { seeds: seeds.slice(0, 1), pace }));
      await breathe();
      signal.throwIfAborted();
    }
  }
  return trials;
}
