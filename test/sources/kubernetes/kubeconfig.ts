import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../files/following.ts';

/** What a kubeconfig of a test says. */
export interface KubeconfigOptions {
  readonly server: string;
  /** More lines of the cluster, and of the user. */
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
}

/** Writes a kubeconfig that is removed after the test, and gives its path. */
export async function writeKubeconfig({ server, cluster, user }: KubeconfigOptions): Promise<string> {
  const path = join(await makeFolder(), 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    clusters: [{ name: 'test', cluster: { server, ...cluster } }],
    users: [{ name: 'test', user: { ...user } }],
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}

/** A kubeconfig for a server in plaintext. */
export function writePlainKubeconfig(server: string): Promise<string> {
  return writeKubeconfig({ server, cluster: { 'insecure-skip-tls-verify': true } });
}
