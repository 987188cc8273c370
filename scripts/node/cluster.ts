import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { supervise } from '../../src/envoy-binary/supervise.ts';
import { type ApiServer, startApiServer } from '../cluster/api-server.ts';
import type { Shell } from '../docker/shell.ts';
import { COMPONENT_USERS, type Component, containerd, kubernetesComponents } from './components.ts';
import { COREDNS_OBJECTS } from './coredns.ts';
import { setUpNetwork } from './network.ts';
import { NODE_ADDRESS } from './settings.ts';

/** What a cluster of one node is made of. */
export interface NodeOptions {
  /** The folder of the programs of Kubernetes. */
  readonly binaries: string;
  readonly etcd: string;
  readonly kubectl: string;
  /** An archive with every image that pods may name. */
  readonly images: string;
  /** Where the cluster keeps what it writes. */
  readonly folder: string;
  readonly shell: Shell;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** A cluster whose node is ready and whose name server answers. */
export interface NodeCluster {
  readonly server: ApiServer;
  /** The administrator's. */
  readonly kubeconfig: string;
}

const START_MS = 180_000;
const POLL_MS = 250;

const FLAGS = [
  `--advertise-address=${NODE_ADDRESS}`,
  '--authorization-mode=Node,RBAC',
  '--enable-admission-plugins=NodeRestriction',
  '--kubelet-preferred-address-types=InternalIP',
];

/** Repeats a command until it succeeds; gives up with its last words. */
async function until(shell: Shell, file: string, args: readonly string[]): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (true) {
    const { code, stdout, stderr } = await shell.try(file, args);
    if (code === 0) return;
    if (Date.now() > deadline) throw new Error(`${file} ${args.join(' ')} failed:\n${stdout}${stderr}`);
    await sleep(POLL_MS);
  }
}

/** Starts a cluster in this network namespace, which has to be an empty one. */
export async function startNode(options: NodeOptions): Promise<NodeCluster> {
  const { binaries, etcd, folder, images, shell, signal, say } = options;
  await setUpNetwork(shell, folder);

  function start({ path, args }: Component): void {
    const log = createWriteStream(join(folder, `${path.split('/').at(-1)}.log`));
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    supervise(child, { signal, onLine: (line) => log.write(`${line}\n`) }).then(
      (exit) => exit.kind === 'died' && say(`${path} ended:\n${exit.lastWords}`),
      (error: Error) => say(`${path} does not run: ${error.message}`),
    );
  }

  say('Starting the API server and the container runtime.');
  start(await containerd(folder));
  const server = await startApiServer({
    binaries: { apiServer: join(binaries, 'kube-apiserver'), etcd },
    address: NODE_ADDRESS,
    users: COMPONENT_USERS,
    flags: FLAGS,
    signal,
  });
  const ctr = ['-a', join(folder, 'containerd.sock'), '-n', 'k8s.io'];
  await until(shell, 'ctr', [...ctr, 'version']);
  say('Loading the images.');
  await shell.run('ctr', [...ctr, 'images', 'import', images]);
  say('Starting the node.');
  const kubeconfig = (user: string) => server.writeKubeconfig(server.token(user));
  const components = await kubernetesComponents({ binaries, folder, secrets: server.folder, kubeconfig });
  for (const component of components) start(component);
  const admin = await kubeconfig('admin');
  const kubectl = (...args: readonly string[]) => ['--kubeconfig', admin, ...args];
  await until(
    shell,
    options.kubectl,
    kubectl('wait', '--for=condition=Ready', 'node', '--all', '--timeout=1s'),
  );
  const file = join(folder, 'coredns.json');
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: COREDNS_OBJECTS }));
  await shell.run(options.kubectl, kubectl('apply', '-f', file));
  const dns = ['rollout', 'status', 'deployment/coredns', '-n', 'kube-system', '--timeout=1s'];
  await until(shell, options.kubectl, kubectl(...dns));
  return { server, kubeconfig: admin };
}
