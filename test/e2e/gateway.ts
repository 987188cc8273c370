import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminPage } from '../../src/envoy-binary/admin.ts';
import { findEnvoyHere } from '../../src/envoy-binary/find-envoy-here.ts';
import { type ConfigEdit, filterPath, renderEnvoyConfig } from '../../src/envoy-binary/render-config.ts';
import { startEnvoy } from '../../src/envoy-binary/start-envoy.ts';
import type { WireBodyMode } from '../../src/extproc/wire.ts';
import { type Client, createClient } from './client.ts';
import { type Serin, startSerin } from './serin.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXT_PROC = [...filterPath('envoy.filters.http.ext_proc')];

/** A model server that the gateway leads to. */
export interface Backend {
  /** `ip:port`. */
  readonly address: string;
  readonly port: number;
}

/** What a test changes of the shipped set-up. */
export interface GatewayOptions {
  readonly config?: 'envoy.yaml' | 'envoy-override-host.yaml' | 'envoy-als.yaml';
  readonly bodyMode?: WireBodyMode;
  /** Changes of the `processing_mode`, by field. */
  readonly processing?: { readonly [field: string]: string };
  readonly edits?: readonly ConfigEdit[];
  /** How many of the backends an override_host cluster knows; all unless told otherwise. */
  readonly knownPods?: number;
  readonly host?: '127.0.0.1' | '::1';
  /** Further flags of `serin serve`. */
  readonly serin?: readonly string[];
  /** Further environment variables of `serin serve`. */
  readonly env?: { readonly [name: string]: string };
  readonly concurrency?: number;
  /** Headers of every request of the client. */
  readonly headers?: { readonly [name: string]: string };
}

/** A real Serin process and a real Envoy in front of some backends. */
export interface Gateway {
  readonly client: Client;
  /** Envoy's listener. */
  readonly port: number;
  /** Envoy's admin interface. */
  readonly adminPort: number;
  readonly serin: Serin;
  /** A copy of `examples/multi-lora` that a test may edit. */
  readonly manifests: string;
  /** One of Envoy's counters or gauges. */
  readonly envoyStat: (name: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Starts both on free ports; resolves once Serin is ready and Envoy listens. */
export async function startGateway(backends: readonly Backend[], options: GatewayOptions): Promise<Gateway> {
  const stop = new AbortController();
  const host = options.host ?? '127.0.0.1';
  const manifests = await mkdtemp(join(tmpdir(), 'serin-e2e-'));
  await cp(join(ROOT, 'examples/multi-lora'), manifests, { recursive: true });
  const serin = await startSerin({
    host,
    manifests,
    pods: backends.map(({ address }) => address),
    flags: options.serin ?? [],
    env: options.env ?? {},
    signal: stop.signal,
  });
  const envoy = await startEnvoy({
    path: await envoyPath(),
    config: await renderedConfig(backends, serin.grpcPort, { ...options, host }),
    concurrency: options.concurrency ?? 1,
    signal: stop.signal,
  });
  const client = createClient(envoy.listenerPort, { host, headers: options.headers ?? {} });
  return {
    client,
    port: envoy.listenerPort,
    adminPort: envoy.adminPort,
    serin,
    manifests,
    envoyStat: (name) => statOf(envoy.adminPort, name),
    stop: async () => {
      client.close();
      stop.abort();
      await Promise.all([envoy.exited, serin.exited]);
      await rm(manifests, { recursive: true });
    },
  };
}

/** The Envoy that the tests run; throws with the reason if there is none. */
export async function envoyPath(): Promise<string> {
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
  backends: readonly Backend[],
  grpcPort: number,
  options: GatewayOptions & { readonly host: string },
): Promise<string> {
  const { host } = options;
  const name = options.config ?? 'envoy.yaml';
  const mode = options.bodyMode === undefined ? {} : { request_body_mode: options.bodyMode };
  const processing = Object.entries({ ...mode, ...options.processing });
  const edits = processing.map(([field, value]) => ({
    path: [...EXT_PROC, 'processing_mode', field],
    value,
  }));
  const known = backends.slice(0, options.knownPods).map(({ port }) => ({ host, port }));
  return renderEnvoyConfig(await readFile(join(ROOT, 'envoy', name), 'utf8'), {
    listener: { host, port: 0 },
    adminPort: 0,
    serin: { host, port: grpcPort },
    ...(name === 'envoy-override-host.yaml' ? { pods: known } : {}),
    edits: [...edits, ...(options.edits ?? [])],
  });
}

async function statOf(adminPort: number, name: string): Promise<number> {
  const page = await adminPage(adminPort, `/stats?filter=^${name}$`);
  const [, value] = /: (\d+)/.exec(page ?? '') ?? [];
  if (value === undefined) throw new Error(`Envoy has no stat ${name}`);
  return Number(value);
}
