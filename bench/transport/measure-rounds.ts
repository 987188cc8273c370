import type { Bed } from './bed.ts';
import type { TransportOptions } from './options.ts';
import { checkReplies } from './reply-check.ts';
import { type Contender, runRounds } from './rounds.ts';
import type { Sample } from './samples.ts';

/** Starts the servers, with an Envoy in front of each where one is needed, and measures them in turn. */
export async function measureRounds(
  bed: Bed,
  options: TransportOptions,
  say: (line: string) => void,
): Promise<readonly Sample[]> {
  if (options.parts.every((part) => part === 'memory')) return [];
  const contenders: Contender[] = [];
  for (const name of options.servers) {
    const server = await bed.start(name);
    await checkReplies(server);
    const gateway = options.parts.includes('envoy') ? await bed.startGateway(server) : undefined;
    contenders.push({ server, gatewayPort: gateway?.listenerPort });
  }
  const samples = await runRounds({ bed, options, contenders, say });
  await Promise.all(contenders.map(({ server }) => server.stop()));
  return samples;
}
