import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { provideClientTools } from '../cluster/client-tools.ts';
import { provideEtcd, provideKubernetes } from '../cluster/kubernetes-binary.ts';
import { provideUpstreamCrds } from '../cluster/upstream-crds.ts';
import type { Room } from '../run-program.ts';
import { rememberCgroups } from './cgroups.ts';
import { makeImages } from './images.ts';
import { providePackages } from './packages.ts';

/** A suite that needs a cluster with a node. */
export interface NodeSuite {
  /** As `runSuite` has it. */
  readonly name: string;
  /** The user's own arguments: of vitest, or `--shell` for a look around in place of the suite. */
  readonly args: readonly string[];
  /** What the suite is told beside what every suite on a node is. */
  readonly env: Readonly<Record<string, string>>;
  /** Its signal ends the cluster. */
  readonly room: Room;
}

const INSIDE = join(import.meta.dirname, 'inside.ts');

/** Where the runtime and the kubelet write whatever they are told; here it goes when the cluster goes. */
const SCRATCH = [
  '/run/containerd',
  '/run/netns',
  '/var/lib/cni',
  '/var/lib/kubelet',
  '/var/log/containers',
  '/var/log/pods',
];

/**
 * The cluster sees no network, process or mount but its own, and all of them end with its first process. The
 * shell is that process: it reaps what the container runtime orphans.
 */
const UNSHARE = [
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
  '--propagation',
  'private',
];
const FIRST_PROCESS = [
  'mount --make-rshared /',
  ...SCRATCH.map((path) => `mkdir -p ${path} && mount -t tmpfs tmpfs ${path}`),
  '"$@"; exit $?',
].join(' && ');

async function runInside({ name, args, env, room: { signal } }: NodeSuite): Promise<number> {
  const command = ['sh', '-c', FIRST_PROCESS, 'sh', process.execPath, INSIDE, name, ...args];
  const child = spawn('unshare', [...UNSHARE, ...command], {
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  process.once('exit', kill);
  return new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

/** Makes a Kubernetes cluster of one node in namespaces of its own and runs a suite in it; gives its exit code. */
export async function runOnNode(suite: NodeSuite): Promise<number> {
  const { shell, cache, say } = suite.room;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new Error('A node of Kubernetes takes Linux and root: run this suite as root on Debian or Ubuntu.');
  }
  await providePackages(shell, say);
  const etcd = await provideEtcd(shell, say);
  const kubernetes = await provideKubernetes(suite.room);
  const { kubectl, helm } = await provideClientTools(suite.room);
  const crds = await provideUpstreamCrds(suite.room);
  const folder = await mkdtemp(join(cache, 'node-'));
  const removeCgroups = await rememberCgroups();
  try {
    const images = join(folder, 'images.tar');
    await makeImages(images, suite.room);
    const env = {
      ...suite.env,
      SERIN_KUBERNETES: kubernetes,
      SERIN_ETCD: etcd,
      SERIN_KUBECTL: kubectl,
      SERIN_HELM: helm,
      SERIN_UPSTREAM_CRDS: crds,
      SERIN_IMAGES: images,
      SERIN_NODE_FOLDER: folder,
      // The clients keep what they have learnt of a server at home.
      HOME: folder,
    };
    return await runInside({ ...suite, env });
  } finally {
    await removeCgroups();
    await rm(folder, { recursive: true, force: true });
  }
}
