import { existsSync } from 'node:fs';
import type { Shell } from '../docker/shell.ts';

/** Debian's packages with the programs of a node, each with a file that is there once it is installed. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['containerd', '/usr/bin/containerd'],
  ['containernetworking-plugins', '/usr/lib/cni/bridge'],
  ['conntrack', '/usr/sbin/conntrack'],
  ['iptables', '/usr/sbin/iptables'],
  ['iproute2', '/usr/sbin/ip'],
]);

/** Installs what a node takes beside Kubernetes itself. */
export async function providePackages(shell: Shell, say: (line: string) => void): Promise<void> {
  const missing = [...PACKAGES].filter(([, file]) => !existsSync(file)).map(([name]) => name);
  if (missing.length === 0) return;
  say(`Installing ${missing.join(', ')}.`);
  await shell.run('apt-get', ['update', '-qq']);
  await shell.run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing]);
}
