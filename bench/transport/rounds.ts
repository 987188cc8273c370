import { formatBytes } from '../report/format.ts';
import { median } from '../report/median.ts';
import type { RunningServer } from '../servers/start-server.ts';
import type { Bed } from './bed.ts';
import type { TransportOptions } from './options.ts';
import { type Ends, planOf, type RoundOfWork, type Work } from './plans.ts';
import { addCounts, failedOf, type Sample } from './samples.ts';

/** A server with the Envoy in front of it, where one is needed. */
export interface Contender {
  readonly server: RunningServer;
  readonly gatewayPort: number | undefined;
}

/** What the rounds are run with. */
export interface Rounds {
  readonly bed: Bed;
  readonly options: TransportOptions;
  readonly contenders: readonly Contender[];
  readonly say: (line: string) => void;
}

/** How long the load runs before it counts, as a part of the window; in the first round all of it. */
const WARM_UP = 0.2;
/** The rate of the open loop, as a part of what the slowest server managed. */
const RATE = 0.5;

/** Measures every part but memory: size by size, each round with all servers in turn. */
export async function runRounds(rounds: Rounds): Promise<readonly Sample[]> {
  const { sizes, parts } = rounds.options;
  await warmUp(rounds);
  const samples: Sample[] = [];
  for (const bodyBytes of sizes) {
    for (const part of parts) {
      if (part === 'memory') continue;
      const direct = samples.filter((each) => each.part === 'direct' && each.bodyBytes === bodyBytes);
      samples.push(...(await measureAll(rounds, { part, bodyBytes, perSecond: commonRate(direct) })));
    }
  }
  return samples;
}

/** Code that runs for the first time is several times slower than the same code later. */
async function warmUp({ bed, options, contenders, say }: Rounds): Promise<void> {
  const [bodyBytes = 1024] = options.sizes;
  for (const contender of contenders) {
    say(`warming up ${contender.server.name}`);
    const plan = planOf(
      endsOf(contender),
      { part: 'direct', bodyBytes, perSecond: 0, round: 0 },
      options.warmUpMs,
    );
    const { failures } = await bed.load(plan);
    if (Object.keys(failures).length > 0) {
      throw new Error(`${contender.server.name} fails while it warms up: ${JSON.stringify(failures)}`);
    }
  }
}

/** A noisy moment of the machine hits all servers alike, since they take turns. */
async function measureAll(rounds: Rounds, work: Work): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for (let round = 0; round < rounds.options.rounds; round += 1) {
    const size = formatBytes(work.bodyBytes);
    rounds.say(`${work.part}, ${size}, round ${round + 1} of ${rounds.options.rounds}`);
    for (const contender of rounds.contenders) {
      samples.push(await measure(rounds, contender, { ...work, round }));
    }
  }
  return samples;
}

/** Half of what the slowest server manages. */
function commonRate(samples: readonly Sample[]): number {
  const byServer = [...Map.groupBy(samples, ({ server }) => server).values()];
  const managed = byServer.map((group) => median(group.map(({ requestsPerSecond }) => requestsPerSecond)));
  return Math.max(1, Math.floor(RATE * Math.min(...managed)));
}

async function measure({ bed, options }: Rounds, contender: Contender, work: RoundOfWork): Promise<Sample> {
  const { server } = contender;
  const { windowMs } = options;
  const warmUp = await bed.load(planOf(endsOf(contender), work, windowMs * (work.round === 0 ? 1 : WARM_UP)));
  const before = await server.cpuUs();
  const result = await bed.load(planOf(endsOf(contender), work, windowMs));
  const cpuUs = (await server.cpuUs()) - before;
  const { requests, elapsedMs, p50Ms, p99Ms } = result;
  const answered = requests - failedOf(result);
  return {
    part: work.part,
    bodyBytes: work.bodyBytes,
    round: work.round,
    server: server.name,
    requests,
    failures: addCounts(warmUp.failures, result.failures),
    cpuUsPerRequest: cpuUs / requests,
    requestsPerSecond: (answered * 1000) / elapsedMs,
    p50Ms,
    p99Ms,
  };
}

function endsOf({ server, gatewayPort }: Contender): Ends {
  return { port: server.port, gatewayPort };
}
