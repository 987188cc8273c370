import { createFakeVllm } from '../../src/fake-vllm/fake-vllm.ts';
import { type Client, createClient } from '../e2e/client.ts';
import { ADAPTERS } from '../e2e/pod.ts';
import { API_KEY, type KnownServer } from './servers.ts';
import { adapterPath, BASE_MODEL, basePath, LIMITS } from './vllm-server.ts';

/** A real server and a simulator with the same settings, each behind a client that has the key. */
export interface Pair {
  readonly real: Client;
  readonly fake: Client;
  readonly close: () => Promise<void>;
}

/** Slow enough that a request can be seen while it runs. */
const PER_TOKEN_MS = 2;

/** Puts a simulator beside a real server. */
export async function startPair(server: KnownServer | undefined): Promise<Pair> {
  const headers = { authorization: `Bearer ${API_KEY}` };
  const simulator = createFakeVllm({
    model: basePath(),
    servedModelNames: [BASE_MODEL],
    ...LIMITS,
    apiKey: API_KEY,
    timePerTokenMs: PER_TOKEN_MS,
    loraModules: ADAPTERS.map((name) => ({ name, path: adapterPath(name) })),
  });
  const real = createClient(server?.port ?? 0, { headers });
  const fake = createClient(await simulator.listen('127.0.0.1', 0), { headers });
  return {
    real,
    fake,
    close: async () => {
      real.close();
      fake.close();
      await simulator.close();
    },
  };
}
