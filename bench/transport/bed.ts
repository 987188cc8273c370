import type { RunningEnvoy } from '../../src/envoy-binary/start-envoy.ts';
import { envoyPath } from '../../test/e2e/gateway.ts';
import { type Clients, startClients } from '../load/start-clients.ts';
import { startGateway } from '../servers/gateway.ts';
import type { ServerName } from '../servers/kinds.ts';
import { startPods } from '../servers/start-pods.ts';
import { type RunningServer, startServer } from '../servers/start-server.ts';
import type { TransportOptions } from './options.ts';

/** Everything that a run needs besides the servers: pods, and what makes the load. */
export interface Bed extends Clients {
  readonly start: (name: ServerName) => Promise<RunningServer>;
  /** Starts an Envoy in front of a server. */
  readonly startGateway: (server: RunningServer) => Promise<RunningEnvoy>;
}

/** Starts the pods and what makes load; aborting the signal ends all that is started on the bed. */
export async function makeBed(
  { podPorts, peer, parts, soak, windowMs }: TransportOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Bed> {
  const pods = await startPods(podPorts, signal);
  const overHttp = soak === undefined && parts.includes('envoy');
  return {
    ...(await startClients({ windowMs, overHttp }, say, signal)),
    start: (name) => startServer(name, { pods, peer }, signal),
    startGateway: async (server) => startGateway({ path: await envoyPath(), grpcPort: server.port }, signal),
  };
}
