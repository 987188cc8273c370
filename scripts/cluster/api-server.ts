import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/demo/free-port.ts';
import { startEtcd } from './etcd.ts';
import { kubeconfig } from './kubeconfig.ts';
import { type Program, startProgram } from './program.ts';
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

const START_MS = 120_000;
const POLL_MS = 100;
const ADMIN = 'admin';

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

/** Resolves once a server says that it is ready; rejects with the last words of what has ended before. */
async function untilReady(
  isReady: () => Promise<boolean>,
  programs: readonly Program[],
  signal: AbortSignal,
): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_MS)]);
  const ended = Promise.race(programs.map(({ exited }) => exited));
  while (!(await isReady())) {
    const outcome = await Promise.race([ended, sleep(POLL_MS, undefined, { signal: deadline })]);
    if (outcome?.kind === 'died') throw new Error(`The API server did not start:\n${outcome.lastWords}`);
  }
}

/** Starts etcd and a kube-apiserver; resolves once it is ready, rejects with their last words if it is not. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { binaries, address = '127.0.0.1', users = [], flags = ALONE } = options;
  const folder = await mkdtemp(join(tmpdir(), 'serin-cluster-'));
  const end = new AbortController();
  const signal = AbortSignal.any([options.signal, end.signal]);
  await writeSecrets(folder, [{ name: ADMIN, groups: ['system:masters'] }, ...users]);
  const store = await startEtcd({ path: binaries.etcd, folder, signal });
  const port = await freePort();
  const url = `https://${address}:${port}`;
  const args = [`--etcd-servers=${store.url}`, ...serverArguments(folder, address, port), ...flags];
  const readCa = () => readFile(join(folder, 'apiserver.crt'), 'utf8');
  let server: Program | undefined;
  let kubeconfigs = 0;

  async function isReady(): Promise<boolean> {
    const ca = await readCa().catch(() => undefined);
    return ca !== undefined && (await statusOf(`${url}/readyz`, { ca, token: tokenOf(ADMIN) })) === 200;
  }

  async function start(): Promise<void> {
    server = startProgram(binaries.apiServer, args, signal);
    await untilReady(isReady, [server, store], signal);
  }

  async function stop(): Promise<void> {
    end.abort();
    await Promise.allSettled([server?.exited, store.exited]);
    await rm(folder, { recursive: true, force: true });
  }

  async function kill(): Promise<void> {
    server?.kill();
    await server?.exited;
  }

  try {
    await start();
    const ca = await readCa();
    async function writeKubeconfig(token: string, namespace = 'default'): Promise<string> {
      kubeconfigs += 1;
      const path = join(folder, `kubeconfig-${kubeconfigs}`);
      await writeFile(path, kubeconfig({ url, ca, token, namespace }), { mode: 0o600 });
      return path;
    }
    return { url, folder, ca, token: tokenOf, writeKubeconfig, kill, restart: start, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
