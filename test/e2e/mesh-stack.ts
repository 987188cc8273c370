import { join } from 'node:path';
import { freePort } from '../../src/demo/free-port.ts';
import { adminPage } from '../../src/envoy-binary/admin.ts';
import { startEnvoy } from '../../src/envoy-binary/start-envoy.ts';
import type { FakeVllmOptions } from '../../src/fake-vllm/options.ts';
import type { Manifest } from '../manifests/kustomized.ts';
import { type Client, createClient } from './client.ts';
import { envoyPath } from './gateway.ts';
import { meshConfig } from './mesh.ts';
import { type Pod, startPod } from './pod.ts';
import { type Serin, startSerin } from './serin.ts';

/** A wiring for Istio, and what is behind it. */
export interface MeshOptions {
  readonly objects: readonly Manifest[];
  /** A folder of `examples/`; multi-lora unless told otherwise. */
  readonly example?: string;
  readonly serin?: readonly string[];
  readonly fake?: Partial<FakeVllmOptions>;
  /** Further replicas of Serin that Envoy knows; nothing listens there. */
  readonly gone?: number;
  readonly log?: { readonly [field: string]: string };
}

/** Fake pods, Serin and an Envoy that stands for Istio's gateway. */
export interface MeshStack {
  readonly client: Client;
  readonly pods: readonly Pod[];
  readonly serin: Serin;
  /** One of Envoy's counters or gauges. */
  readonly envoyStat: (name: string) => Promise<number>;
  /** Ends Serin, as if it were never there. */
  readonly stopSerin: () => Promise<void>;
  /** The first lines of Envoy's access log, once there are as many. */
  readonly accessLog: (count: number) => Promise<readonly LogLine[]>;
  readonly stop: () => Promise<void>;
}

/** One request as the access log tells of it. */
export type LogLine = { readonly [field: string]: unknown };

const HOST = '127.0.0.1';

/** Starts everything on free ports. */
export async function startMesh(options: MeshOptions): Promise<MeshStack> {
  const stop = new AbortController();
  const stopSerin = new AbortController();
  const log = createLogLines();
  const pods = await Promise.all([0, 1, 2].map(() => startPod(HOST, options.fake ?? {}, () => undefined)));
  const serin = await startSerin({
    host: HOST,
    manifests: join(import.meta.dirname, '../../examples', options.example ?? 'multi-lora'),
    pods: pods.map(({ address }) => address),
    flags: options.serin ?? [],
    signal: AbortSignal.any([stop.signal, stopSerin.signal]),
  });
  const gone = await Promise.all(
    Array.from({ length: options.gone ?? 0 }, async () => ({ host: HOST, port: await freePort() })),
  );
  const envoy = await startEnvoy({
    path: await envoyPath(),
    config: meshConfig({
      objects: options.objects,
      serin: [{ host: HOST, port: serin.grpcPort }, ...gone],
      pods: pods.map(({ port }) => ({ host: HOST, port })),
      log: options.log ?? {},
    }),
    concurrency: 1,
    signal: stop.signal,
    onLine: log.add,
  });
  const client = createClient(envoy.listenerPort);
  return {
    client,
    pods,
    serin,
    envoyStat: (name) => statOf(envoy.adminPort, name),
    stopSerin: async () => {
      stopSerin.abort();
      await serin.exited;
    },
    accessLog: log.first,
    stop: async () => {
      client.close();
      stop.abort();
      await Promise.all([envoy.exited, serin.exited, ...pods.map((pod) => pod.kill())]);
    },
  };
}

/** Names of Istio's clusters are no patterns, so the line is looked for by its whole name. */
async function statOf(adminPort: number, name: string): Promise<number> {
  const page = (await adminPage(adminPort, `/stats?filter=${name.split('.').at(-1)}$`)) ?? '';
  const line = page.split('\n').find((each) => each.startsWith(`${name}: `));
  if (line === undefined) throw new Error(`Envoy has no stat ${name}`);
  return Number(line.slice(name.length + 2));
}

function createLogLines() {
  const lines: LogLine[] = [];
  const waiting = new Set<() => void>();
  return {
    add(text: string): void {
      if (text.startsWith('{')) lines.push(JSON.parse(text));
      for (const look of waiting) look();
    },
    first: (count: number) =>
      new Promise<readonly LogLine[]>((resolve) => {
        const look = () => {
          if (lines.length < count) return;
          waiting.delete(look);
          resolve(lines.slice(0, count));
        };
        waiting.add(look);
        look();
      }),
  };
}
