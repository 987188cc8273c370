// npm run bench -- NAME [options]
import { createAll } from './all.ts';
import type { Command } from './arguments.ts';
import { benchCodec } from './codec/codec.ts';
import { benchLatency } from './latency/latency.ts';
import { benchPicks } from './picking/picking.ts';
import { benchProfile } from './profile/profile.ts';
import { benchRecords } from './records/records.ts';
import { formatDuration } from './report/format.ts';
import { benchResponse } from './response/response.ts';
import { benchScanning } from './scanning/scanning.ts';
import { benchScrape } from './scraping/scrape.ts';
import { benchSimulation } from './simulation/simulation.ts';
import { benchSnapshot } from './snapshot/snapshot.ts';
import { benchPeer, benchTargets } from './targets/targets.ts';
import { benchTransport } from './transport/transport.ts';

interface Benchmark {
  readonly summary: string;
  readonly run: Command;
}

const BENCHMARKS: ReadonlyMap<string, Benchmark> = new Map([
  [
    'targets',
    {
      summary: 'every figure that Serin is held to (about three minutes); run unless another is named',
      run: benchTargets,
    },
  ],
  [
    'peer',
    {
      summary: 'another ext_proc server beside serin serve, behind Envoy (--peer, two minutes)',
      run: benchPeer,
    },
  ],
  [
    'transport',
    {
      summary: 'the servers below the picker, side by side, direct and behind Envoy (about ten minutes)',
      run: benchTransport,
    },
  ],
  [
    'response',
    {
      summary: 'ways to learn what became of a request, under 500 event streams at once (two minutes)',
      run: benchResponse,
    },
  ],
  [
    'profile',
    {
      summary: 'where the time of a request goes inside serin serve, direct and behind Envoy (a minute)',
      run: benchProfile,
    },
  ],
  [
    'latency',
    {
      summary: 'latency against load, of serin serve and of the floor, direct driver (two minutes)',
      run: benchLatency,
    },
  ],
  ['json-scan', { summary: 'the byte scanner against JSON.parse (20 s)', run: benchScanning }],
  ['codec', { summary: 'reading and writing ext_proc messages against protobufjs (15 s)', run: benchCodec }],
  ['pick', { summary: 'a pick against a bare scan of the same figures (10 s)', run: benchPicks }],
  [
    'snapshot',
    { summary: 'a snapshot against a bare index of the same endpoints (10 s)', run: benchSnapshot },
  ],
  ['scrape', { summary: "reading a pod's metrics, and fetching them (6 s)", run: benchScrape }],
  ['records', { summary: 'what is told of a request, apart from all else (20 s)', run: benchRecords }],
  [
    'simulation',
    {
      summary: 'pools of simulated vLLM servers under every policy (some minutes)',
      run: benchSimulation,
    },
  ],
]);

const { error: say } = console;
const ALL = { summary: 'all of the above but response and simulation (a quarter of an hour)' };
const COMMANDS = new Map([...BENCHMARKS, ['all', { ...ALL, run: createAll(BENCHMARKS, say) }]]);

const given = process.argv.slice(2);
const isNamed = given[0]?.startsWith('--') === false;
const [name = 'targets', ...args] = isNamed ? given : ['targets', ...given];
const benchmark = COMMANDS.get(name);
if (benchmark === undefined) {
  say(`There is no benchmark ${name}.`);
  for (const [known, { summary }] of COMMANDS) say(`  npm run bench -- ${known.padEnd(10)} ${summary}`);
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  for (const each of ['SIGINT', 'SIGTERM'] as const) process.once(each, () => stop.abort());
  const startedMs = performance.now();
  try {
    process.exitCode = await benchmark.run(args, stop.signal);
  } catch (error) {
    say(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
  say(`took ${formatDuration(performance.now() - startedMs)}`);
}
