import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../docker/shell.ts';
import { keepFolder } from '../vllm/kept-folder.ts';

/** What the build needs. */
export interface BuildOptions {
  readonly shell: Shell;
  /** The folder that keeps the built program. */
  readonly cache: string;
  readonly say: (line: string) => void;
}

/** The components that the one program can be; it is linked under each of these names. */
const COMPONENTS = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet'];
const SOURCE = join(import.meta.dirname, 'kubernetes');
const VERSION = /k8s\.io\/kubernetes v(?<major>\d+)\.(?<minor>\d+)\.\d+/;

/** The version of Kubernetes goes into the program when it is linked; without it, it would call itself v0.0.0. */
function linkerFlags(goMod: string): string {
  const found = VERSION.exec(goMod);
  if (found?.groups === undefined) throw new Error(`${SOURCE}/go.mod names no version of k8s.io/kubernetes.`);
  const { major = '', minor = '' } = found.groups;
  const facts = [
    `gitVersion=${found[0].split(' ')[1]}`,
    `gitMajor=${major}`,
    `gitMinor=${minor}`,
    'gitTreeState=clean',
  ];
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const settings = packages.flatMap((name) => facts.map((fact) => `-X ${name}.${fact}`));
  return ['-s', '-w', ...settings].join(' ');
}

/** The folder that holds every component of Kubernetes, built with Go the first time. */
export async function provideKubernetes({ shell, cache, say }: BuildOptions): Promise<string> {
  const files = ['main.go', 'go.mod', 'go.sum'].map((name) => readFile(join(SOURCE, name), 'utf8'));
  const [main = '', mod = '', sum = ''] = await Promise.all(files);
  return keepFolder({ cache, name: 'kubernetes', from: [main, mod, sum] }, async (folder) => {
    if ((await shell.try('go', ['version'])).code !== 0) {
      throw new Error(
        'There is no kube-apiserver: set KUBEBUILDER_ASSETS to the folder of one (as envtest does), or install Go 1.24 or newer, with which it is built once.',
      );
    }
    say(`Building Kubernetes into ${folder} (once: about ten minutes).`);
    const program = join(folder, 'kubernetes');
    const build = ['build', '-C', SOURCE, '-buildvcs=false', '-trimpath', '-ldflags', linkerFlags(mod)];
    await shell.run('nice', ['-n', '10', 'env', 'CGO_ENABLED=0', 'go', ...build, '-o', program, '.']);
    for (const name of COMPONENTS) await symlink('kubernetes', join(folder, name));
  });
}

/** Where `etcd` is, after Debian's package was installed if it is on no PATH. */
export async function provideEtcd(shell: Shell, say: (line: string) => void): Promise<string> {
  const find = async () => (await shell.try('sh', ['-c', 'command -v etcd'])).stdout.trim();
  const found = await find();
  if (found !== '') return found;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error('There is no etcd: install it (Debian and Ubuntu: apt-get install etcd-server).');
  }
  say('Installing etcd (etcd-server).');
  await shell.run('apt-get', ['update', '-qq']);
  await shell.run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'etcd-server']);
  return find();
}
