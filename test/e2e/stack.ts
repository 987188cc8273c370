import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminPage } from '../../src/envoy-binary/admin.ts';
import { findEnvoyHere } from '../../src/envoy-binary/find-envoy-here.ts';
import { type ConfigEdit, filterPath, renderEnvoyConfig } from '../../src/envoy-binary/render-config.ts';
import { startEnvoy } from '../../src/envoy-binary/start-envoy.ts';
import type { WireBodyMode } from '../../src/extproc/wire.ts';
import type { FakeVllmOptions } from '../../src/fake-vllm/options.ts';
import { type Client, createClient } from './client.ts';
import { type Pod, startPod } from './pod.ts';
import { type Serin, startSerin } from './serin.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXT_PROC = [...filterPath('envoy.filters.http.ext_proc')];

/** What a test changes of the shipped set-up. */
export interface StackOptions {
  readonly config?: 'envoy.yaml' | 'envoy-override-host.yaml';
  readonly bodyMode?: WireBodyMode;
  /** Changes of the `processing_mode`, by field. */
  readonly processing?: { readonly [field: string]: string };
  readonly edits?: readonly ConfigEdit[];
  readonly pods?: number;
  /** How many of the pods an override_host cluster knows; all unless told otherwise. */
  readonly knownPods?: number;
  readonly host?: '127.0.0.1' | '::1';
  readonly fake?: Partial<FakeVllmOptions>;
  /** Further flags of `serin serve`. */
  readonly serin?: readonly string[];
  readonly concurrency?: number;
}

/** Fake pods, a real Serin process and a real Envoy. */
export interface Stack {
  readonly client: Client;
  /** Envoy's listener. */
  readonly port: number;
  readonly pods: readonly Pod[];
  readonly serin: Serin;
  /** A copy of `examples/multi-lora` that a test may edit. */
  readonly manifests: string;
  /** One of Envoy's counters or gauges. */
  readonly envoyStat: (name: string) => Promise<number>;
  /** The body of the last request that reached any pod. */
  readonly lastBodyAtAnyPod: () => Buffer;
  readonly stop: () => Promise<void>;
}

/** Starts everything on free ports; resolves once Serin is ready and Envoy listens. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const stop = new AbortController();
  const host = options.host ?? '127.0.0.1';
  const manifests = await mkdtemp(join(tmpdir(), 'serin-e2e-'));
  await cp(join(ROOT, 'examples/multi-lora'), manifests, { recursive: true });
  const arrivals: Pod[] = [];
  const pods = await Promise.all(
    Array.from({ length: options.pods ?? 3 }, () =>
      startPod(host, options.fake ?? {}, (pod) => arrivals.splice(0, arrivals.length, pod)),
    ),
  );
  const addresses = pods.map(({ address }) => address);
  const serin = await startSerin({
    host,
    manifests,
    pods: addresses,
    flags: options.serin ?? [],
    signal: stop.signal,
  });
  const envoy = await startEnvoy({
    path: await envoyPath(),
    config: await renderedConfig(options, host, serin.grpcPort, pods),
    concurrency: options.concurrency ?? 1,
    signal: stop.signal,
  });
  const client = createClient(envoy.listenerPort, host);
  return {
    client,
    port: envoy.listenerPort,
    pods,
    serin,
    manifests,
    envoyStat: (name) => statOf(envoy.adminPort, name),
    lastBodyAtAnyPod: () => arrivals[0]?.lastBody() ?? Buffer.alloc(0),
    stop: async () => {
      client.close();
      stop.abort();
      await Promise.all([envoy.exited, serin.exited, ...pods.map((pod) => pod.kill())]);
      await rm(manifests, { recursive: true });
    },
  };
}

async function envoyPath(): Promise<string> {
  const quiet = () => undefined;
  const found = await findEnvoyHere({
    env: process.env,
    signal: new AbortController().signal,
    say: quiet,
    progress: quiet,
  });
  if (found.kind === 'missing') throw new Error(found.problem);
  return found.path;
}

async function renderedConfig(
  options: StackOptions,
  host: string,
  grpcPort: number,
  pods: readonly Pod[],
): Promise<string> {
  const name = options.config ?? 'envoy.yaml';
  const processing = { ...bodyModeFields(options.bodyMode), ...options.processing };
  const edits = Object.entries(processing).map(([field, value]) => ({
    path: [...EXT_PROC, 'processing_mode', field],
    value,
  }));
  return renderEnvoyConfig(await readFile(join(ROOT, 'envoy', name), 'utf8'), {
    listener: { host, port: 0 },
    adminPort: 0,
    serin: { host, port: grpcPort },
    ...(name === 'envoy.yaml'
      ? {}
      : { pods: pods.slice(0, options.knownPods).map(({ port }) => ({ host, port })) }),
    edits: [...edits, ...(options.edits ?? [])],
  });
}

function bodyModeFields(mode: WireBodyMode | undefined): { readonly [field: string]: string } {
  return mode === undefined ? {} : { request_body_mode: mode };
}

async function statOf(adminPort: number, name: string): Promise<number> {
  const page = await adminPage(adminPort, `/stats?filter=^${name}$`);
  const [, value] = /: (\d+)/.exec(page ?? '') ?? [];
  if (value === undefined) throw new Error(`Envoy has no stat ${name}`);
  return Number(value);
}
