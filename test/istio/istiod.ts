import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { NODE_ADDRESS } from '../../scripts/node/settings.ts';
import { supervise } from '../../src/envoy-binary/supervise.ts';
import { setting } from '../node/kubectl.ts';
import { accessLogProvider } from './telemetry.ts';

/** Where gateways get their configuration from: a port of the node, which pods reach. */
export const XDS_PORT = 25_010;
/** Where istiod answers for itself. */
const HTTP_PORT = 25_080;
/** The namespace whose EnvoyFilters reach every gateway. */
export const ROOT_NAMESPACE = 'istio-system';
const POLL_MS = 100;
const START_MS = 60_000;

/** What the gateways of this suite are no proxies of Istio for is switched off: the README says what that leaves out. */
const FEATURES = {
  POD_NAMESPACE: ROOT_NAMESPACE,
  // Upstream's Envoy has neither filter.
  PILOT_ENABLE_METADATA_EXCHANGE: 'false',
  PILOT_ENABLE_ALPN_FILTER: 'false',
  // There are no certificates, and no controller but those that are tested.
  ENABLE_CA_SERVER: 'false',
  ENABLE_LEADER_ELECTION: 'false',
  PILOT_ENABLE_IP_AUTOALLOCATE: 'false',
  PILOT_ENABLE_GATEWAY_API_DEPLOYMENT_CONTROLLER: 'false',
  ENABLE_GATEWAY_API_INFERENCE_EXTENSION: 'true',
};

const MESH = {
  rootNamespace: ROOT_NAMESPACE,
  // Without certificates, clusters would wait for them for ever.
  enableAutoMtls: false,
  accessLogFile: '/dev/stdout',
  accessLogEncoding: 'JSON',
};

/** The mesh's settings, with the access log that `components/telemetry` asks for. */
async function meshConfig(): Promise<unknown> {
  return { ...MESH, extensionProviders: [await accessLogProvider()] };
}

/** A page of istiod's own, as JSON. */
export async function istiodPage<T>(path: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${HTTP_PORT}${path}`);
  return (await response.json()) as T;
}

async function answers(): Promise<boolean> {
  const page = fetch(`http://127.0.0.1:${HTTP_PORT}/ready`);
  return page.then(({ ok }) => ok).catch(() => false);
}

/** Starts istiod on the cluster's API server; resolves, once it is ready, with what ends it. */
export async function startIstiod(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-istiod-'));
  const file = join(folder, 'mesh.yaml');
  await writeFile(file, stringify(await meshConfig()));
  const end = new AbortController();
  const args = [
    'discovery',
    `--kubeconfig=${setting('KUBECONFIG')}`,
    `--meshConfig=${file}`,
    `--grpcAddr=${NODE_ADDRESS}:${XDS_PORT}`,
    '--secureGRPCAddr=',
    '--httpsAddr=',
    `--httpAddr=127.0.0.1:${HTTP_PORT}`,
    '--monitoringAddr=127.0.0.1:0',
  ];
  const child = spawn(setting('SERIN_ISTIOD'), args, {
    env: { ...process.env, ...FEATURES },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = supervise(child, { signal: end.signal });
  const deadline = AbortSignal.timeout(START_MS);
  while (!(await answers())) {
    const outcome = await Promise.race([exited, sleep(POLL_MS, undefined)]);
    if (outcome?.kind === 'died') throw new Error(`istiod did not start:\n${outcome.lastWords}`);
    deadline.throwIfAborted();
  }
  return async () => {
    end.abort();
    await exited;
    await rm(folder, { recursive: true });
  };
}
