import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/demo/free-port.ts';
import { type ProcessExit, supervise } from '../../src/envoy-binary/supervise.ts';
import { kubeconfig } from './kubeconfig.ts';
import type { ServerBinaries } from './servers.ts';

/** What one API server is started with. */
export interface ApiServerOptions {
  readonly binaries: ServerBinaries;
  /** The address that clients connect to; 127.0.0.1 if not given, for a server that only tests talk to. */
  readonly address?: string;
  /** Users beside the administrator; without groups they have no rights. */
  readonly users?: readonly User[];
  /** Further flags of the server. */
  readonly flags?: readonly string[];
  /** Aborting it ends the server and its store. */
  readonly signal: AbortSignal;
}

/** Who may log in with a token. */
export interface User {
  readonly name: string;
  readonly groups?: readonly string[];
}

/** A kube-apiserver that is ready. By itself it has no controllers and no nodes. */
export interface ApiServer {
  readonly url: string;
  /** The folder of its certificate (`apiserver.crt`) and of the key of service accounts. */
  readonly folder: string;
  /** PEM of the authority that its certificate is from. */
  readonly ca: string;
  /** The token of a user; `admin` may do everything. */
  readonly token: (user: string) => string;
  /** Writes a kubeconfig for a token and gives its path. */
  readonly writeKubeconfig: (token: string, namespace?: string) => Promise<string>;
  /** Kills the server as a crash would; its store keeps all objects. */
  readonly kill: () => Promise<void>;
  /** Starts a killed server again on the same port; resolves once it is ready. */
  readonly restart: () => Promise<void>;
  /** Ends the server and its store and removes what they wrote. */
  readonly stop: () => Promise<void>;
}

interface Running {
  readonly kill: () => void;
  readonly exited: Promise<ProcessExit>;
}

const START_MS = 120_000;
const POLL_MS = 100;
const ADMIN = 'admin';

function start(path: string, args: readonly string[], signal: AbortSignal): Running {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = supervise(child, { signal });
  exited.catch(() => {});
  return { exited, kill: () => child.kill('SIGKILL') };
}

/** The status of a GET; 0 if there was no answer. */
function statusOf(url: string, { ca, token }: { ca: string; token: string }): Promise<number> {
  return new Promise((resolve) => {
    const agent = new Agent({ ca });
    const headers = { authorization: `Bearer ${token}` };
    const request = get(url, { agent, headers, timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(0));
  });
}

function storeArguments(folder: string, urls: { readonly client: string; readonly peer: string }): string[] {
  const { client, peer } = urls;
  const listen = ['--listen-client-urls', client, '--advertise-client-urls', client];
  const cluster = ['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer];
  const name = ['--name', 'default', '--initial-cluster', `default=${peer}`];
  return ['--data-dir', join(folder, 'store'), ...listen, ...cluster, ...name, '--logger', 'zap'];
}

function serverArguments(folder: string, address: string, port: number): string[] {
  const key = join(folder, 'service-account.key');
  return [
    `--cert-dir=${folder}`,
    `--bind-address=${address}`,
    `--secure-port=${port}`,
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--service-cluster-ip-range=10.96.0.0/24',
    '--allow-privileged=true',
    '--profiling=false',
  ];
}

/** For a server without controllers: the plugin would hold every pod back until one has made an account for it. */
const ALONE = ['--authorization-mode=RBAC', '--disable-admission-plugins=ServiceAccount'];

async function writeSecrets(folder: string, users: readonly User[]): Promise<void> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' });
  await writeFile(join(folder, 'service-account.key'), key, { mode: 0o600 });
  const lines = users.map(
    ({ name, groups = [] }) => `${tokenOf(name)},${name},${name},"${groups.join(',')}"`,
  );
  await writeFile(join(folder, 'tokens.csv'), `${lines.join('\n')}\n`, { mode: 0o600 });
}

/** The server listens where only this machine gets to, for the length of a test: its tokens are no secret. */
function tokenOf(user: string): string {
  return `token-of-${user}`;
}

/** Starts etcd and a kube-apiserver; resolves once it is ready, rejects with their last words if it is not. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { binaries, address = '127.0.0.1', users = [], flags = ALONE } = options;
  const folder = await mkdtemp(join(tmpdir(), 'serin-cluster-'));
  const end = new AbortController();
  const signal = AbortSignal.any([options.signal, end.signal]);
  const [port, storePort, peerPort] = [await freePort(), await freePort(), await freePort()];
  const [url, storeUrl] = [`https://${address}:${port}`, `http://127.0.0.1:${storePort}`];
  await writeSecrets(folder, [{ name: ADMIN, groups: ['system:masters'] }, ...users]);
  const peer = `http://127.0.0.1:${peerPort}`;
  const store = start(binaries.etcd, storeArguments(folder, { client: storeUrl, peer }), signal);
  const readCa = () => readFile(join(folder, 'apiserver.crt'), 'utf8');

  const args = [`--etcd-servers=${storeUrl}`, ...serverArguments(folder, address, port)];

  async function startServer(): Promise<Running> {
    const running = start(binaries.apiServer, [...args, ...flags], signal);
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_MS)]);
    const isReady = async () => {
      const ca = await readCa().catch(() => undefined);
      return ca !== undefined && (await statusOf(`${url}/readyz`, { ca, token: tokenOf(ADMIN) })) === 200;
    };
    while (!(await isReady())) {
      const ended = Promise.race([running.exited, store.exited]);
      const outcome = await Promise.race([ended, sleep(POLL_MS, undefined, { signal: deadline })]);
      if (outcome?.kind === 'died') throw new Error(`The API server did not start:\n${outcome.lastWords}`);
    }
    return running;
  }

  let server: Running | undefined;
  async function stop(): Promise<void> {
    end.abort();
    await Promise.allSettled([server?.exited, store.exited]);
    await rm(folder, { recursive: true, force: true });
  }

  try {
    server = await startServer();
    const ca = await readCa();
    let written = 0;
    return {
      url,
      folder,
      ca,
      token: tokenOf,
      writeKubeconfig: async (token, namespace = 'default') => {
        written += 1;
        const path = join(folder, `kubeconfig-${written}`);
        await writeFile(path, kubeconfig({ url, ca, token, namespace }), { mode: 0o600 });
        return path;
      },
      kill: async () => {
        server?.kill();
        await server?.exited;
      },
      restart: async () => {
        server = await startServer();
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
