// npm run bench -- NAME [options]
import { benchJsonScan } from './json-scan.ts';
import { benchPicks } from './picking/picking.ts';
import { benchProfile } from './profile/profile.ts';
import { benchResponse } from './response/response.ts';
import { benchScrape } from './scraping/page.ts';
import { benchSimulation } from './simulation/simulation.ts';
import { benchTargets } from './targets/targets.ts';
import { benchTransport } from './transport/transport.ts';

interface Benchmark {
  readonly summary: string;
  /** Resolves with the exit status. */
  readonly run: (args: readonly string[], signal: AbortSignal) => Promise<number>;
}

const BENCHMARKS: ReadonlyMap<string, Benchmark> = new Map([
  [
    'targets',
    {
      summary: 'every figure that Serin is held to (about five minutes); run unless another is named',
      run: benchTargets,
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
    'json-scan',
    {
      summary: 'the byte scanner against JSON.parse (15 s)',
      run: async () => {
        benchJsonScan();
        return 0;
      },
    },
  ],
  [
    'scrape',
    {
      summary: "reading a pod's metrics (6 s)",
      run: async () => {
        await benchScrape();
        return 0;
      },
    },
  ],
  [
    'pick',
    {
      summary: 'a pick against a bare scan of the same figures (10 s)',
      run: async () => {
        benchPicks();
        return 0;
      },
    },
  ],
  [
    'simulation',
    {
      summary: 'pools of simulated vLLM servers under every policy (some minutes)',
      run: benchSimulation,
    },
  ],
]);

const given = process.argv.slice(2);
const isNamed = given[0]?.startsWith('--') === false;
const [name = 'targets', ...args] = isNamed ? given : ['targets', ...given];
const benchmark = BENCHMARKS.get(name);
if (benchmark === undefined) {
  console.error(`There is no benchmark ${name}.`);
  for (const [known, { summary }] of BENCHMARKS)
    console.error(`  npm run bench -- ${known.padEnd(10)} ${summary}`);
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  for (const each of ['SIGINT', 'SIGTERM'] as const) process.once(each, () => stop.abort());
  try {
    process.exitCode = await benchmark.run(args, stop.signal);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
