import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiServer, startApiServer } from '../../scripts/cluster/api-server.ts';
import type { Generation } from '../../scripts/cluster/upstream-crds.ts';
import { createShell, type Ended } from '../../scripts/docker/shell.ts';
import { type Api, createApi } from './api.ts';

/** A real API server for a test file, with kubectl. */
export interface Cluster {
  readonly server: ApiServer;
  /** Runs kubectl as the administrator, or as the holder of a token; a failure is a result. */
  readonly kubectl: Kubectl;
  readonly as: (token: string) => Promise<Kubectl>;
  /** Applies manifests that are given as text. */
  readonly apply: (manifests: string, ...flags: readonly string[]) => Promise<Ended>;
  /** Runs kubectl to bring kinds, and waits until they are served; gives how that ended. */
  readonly establish: Kubectl;
  /** Asks as the administrator, without kubectl. */
  readonly api: Api;
  /** Ends the server. */
  readonly stop: () => Promise<void>;
}

/** Runs kubectl. */
export type Kubectl = (...args: readonly string[]) => Promise<Ended>;

/** A setting that scripts/cluster/run.ts hands to the suite. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this suite with npm run test:cluster`);
  return value;
}

/** The folder of the CRDs of another project's release. */
export function upstreamCrds(name: Generation | 'prometheus-operator'): string {
  return join(setting('SERIN_UPSTREAM_CRDS'), name);
}

/** Starts an API server whose users beside the administrator have no rights. */
export async function startCluster(users: readonly string[] = []): Promise<Cluster> {
  const end = new AbortController();
  const binaries = { apiServer: setting('SERIN_KUBE_APISERVER'), etcd: setting('SERIN_ETCD') };
  const server = await startApiServer({
    binaries,
    users: users.map((name) => ({ name })),
    signal: end.signal,
  });
  const folder = await mkdtemp(join(tmpdir(), 'serin-kubectl-'));
  const shell = createShell({ ...process.env, HOME: folder }, end.signal);
  let files = 0;

  async function as(token: string): Promise<Kubectl> {
    const kubeconfig = await server.writeKubeconfig(token);
    return (...args) => shell.try(setting('SERIN_KUBECTL'), ['--kubeconfig', kubeconfig, ...args]);
  }

  const kubectl = await as(server.token('admin'));
  const { api, close } = createApi(server);
  return {
    server,
    kubectl,
    as,
    apply: async (manifests, ...flags) => {
      files += 1;
      const file = join(folder, `${files}.yaml`);
      await writeFile(file, manifests);
      return kubectl('apply', '-f', file, ...flags);
    },
    establish: async (...args) => {
      const ended = await kubectl(...args);
      await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s');
      return ended;
    },
    api,
    stop: async () => {
      close();
      await server.stop();
      end.abort();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
