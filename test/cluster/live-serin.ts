import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import {
  askFor,
  becomeReady,
  jsonOf,
  openTls,
  readPage,
  type Serving,
  startServing,
} from '../integration/serving.ts';
import type { Cluster } from './cluster.ts';
import { eventually } from './eventually.ts';

/** Where a request went: its target and its pod, or why it went nowhere. */
export interface Answer {
  readonly target: string | undefined;
  readonly pod: string | undefined;
  readonly refused: string | undefined;
}

/** `serin serve` that follows a real API server, ready. */
export interface LiveSerin {
  readonly metricsPort: number;
  readonly adminPort: number;
  readonly client: Client;
  readonly serving: Serving;
  readonly ask: (model?: string) => Promise<Answer>;
  readonly readPage: (path: string) => Promise<string>;
  /** What is in force: addresses and models of the only pool, and what is known of each kind. */
  readonly view: () => Promise<View>;
}

/** The parts of `/debug/snapshot` that the tests of this folder look at. */
export interface View {
  readonly pools: readonly {
    readonly pool: string;
    readonly endpoints: readonly { readonly address: string }[];
    readonly models: Readonly<Record<string, unknown>>;
  }[];
  readonly conflicts: readonly unknown[];
  readonly kubernetes: {
    readonly oldForSeconds: number;
    readonly kinds: readonly {
      readonly kind: string;
      readonly apiVersion: string;
      readonly state: string;
      readonly missingRule?: unknown;
    }[];
  };
}

/** Starts Serin on a cluster, as a user or as the administrator; it ends with the test. */
export async function serveOn(
  cluster: Cluster,
  { user = 'admin', argv = ['--pool-name=pool'], kubeconfig }: ServeOptions = {},
): Promise<LiveSerin> {
  const { server } = cluster;
  const path = kubeconfig ?? (await server.writeKubeconfig(server.token(user)));
  const serving = startServing(`--kubeconfig=${path}`, '--admin-address=127.0.0.1:0', ...argv);
  const { grpcPort, metricsPort, adminPort = 0 } = await serving.listening();
  await becomeReady(metricsPort);
  const client = openTls(grpcPort);
  const page = async (port: number, name: string) => (await readPage(port, name)).text;
  return {
    metricsPort,
    adminPort,
    client,
    serving,
    ask: async (model = 'lora-request') => answerOf(await askFor(client, model)),
    readPage: (name) => page(metricsPort, name),
    view: async () => JSON.parse(await page(adminPort, '/debug/snapshot')),
  };
}

/** How Serin is started. */
export interface ServeOptions {
  readonly user?: string;
  readonly argv?: readonly string[];
  readonly kubeconfig?: string;
}

type Reply = Awaited<ReturnType<typeof askFor>>;

function answerOf(reply: Reply): Answer {
  const response = reply?.request_body?.response;
  const bytes = response?.body_mutation?.body;
  const set = response?.header_mutation?.set_headers ?? [];
  const header = set.find(({ header: { key } }) => key === 'x-gateway-destination-endpoint');
  return {
    target: jsonOf(bytes)?.model,
    pod: header === undefined ? undefined : Buffer.from(header.header.raw_value).toString(),
    refused: reply?.immediate_response?.details,
  };
}

/** Starts a server that answers as a vLLM with some adapters on every loopback address; gives its port. */
export async function startLoopbackPods(models: readonly string[]): Promise<number> {
  const data = models.map((id) => ({ id, parent: 'base' }));
  const server = createServer((request, response) =>
    response.end(request.url === '/v1/models' ? JSON.stringify({ data }) : 'vllm:num_requests_waiting 0\n'),
  );
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A flat InferencePool called `pool` of the pods with `app: vllm`. */
export function flatPool(port: number, version = 'v1alpha2'): string {
  return `
apiVersion: inference.networking.x-k8s.io/${version}
kind: InferencePool
metadata: { name: pool }
spec:
  targetPortNumber: ${port}
  selector: { app: vllm }
  extensionRef: { name: serin }
`;
}

/** An InferenceModel of that pool, called `m` unless it is told otherwise. */
export function modelOf(
  weights: Readonly<Record<string, number>>,
  { version = 'v1alpha2', name = 'm', modelName = 'lora-request' } = {},
): string {
  const targets = Object.entries(weights).map(
    ([target, weight]) => `  - { name: ${target}, weight: ${weight} }\n`,
  );
  return `
apiVersion: inference.networking.x-k8s.io/${version}
kind: InferenceModel
metadata: { name: ${name} }
spec:
  modelName: ${modelName}
  criticality: Critical
  poolRef: { name: pool }
  targetModels:
${targets.join('')}`;
}

/** Addresses of the only pool, once they are these. */
export function untilPods(serin: LiveSerin, ips: readonly string[], port: number): Promise<void> {
  return eventually(async () => {
    const addresses = (await serin.view()).pools[0]?.endpoints.map(({ address }) => address).sort();
    const wanted = ips.map((ip) => `${ip}:${port}`);
    if (JSON.stringify(addresses) !== JSON.stringify(wanted)) throw new Error(`${addresses}`);
  });
}
