import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, provideEtcd, provideKubernetes } from './kubernetes-binary.ts';

/** The programs of an API server. */
export interface ServerBinaries {
  readonly apiServer: string;
  readonly etcd: string;
}

/** What the search for the programs needs. */
export interface ServerOptions extends BuildOptions {
  readonly env: { readonly [name: string]: string | undefined };
}

/** Takes the programs from `KUBEBUILDER_ASSETS`, as envtest does; else builds the one and installs the other. */
export async function provideServers(options: ServerOptions): Promise<ServerBinaries> {
  const assets = options.env.KUBEBUILDER_ASSETS;
  if (assets) {
    const given = { apiServer: join(assets, 'kube-apiserver'), etcd: join(assets, 'etcd') };
    const missing = Object.values(given).find((path) => !existsSync(path));
    if (missing !== undefined) throw new Error(`KUBEBUILDER_ASSETS names a folder without ${missing}.`);
    return given;
  }
  const folder = await provideKubernetes(options);
  const etcd = await provideEtcd(options.shell, options.say);
  return { apiServer: join(folder, 'kube-apiserver'), etcd };
}
