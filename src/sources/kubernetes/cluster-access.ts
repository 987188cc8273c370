import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { messageOf } from '../files/system-error.ts';

/** How a cluster's API server is reached. */
export interface ClusterAccess {
  /** `https://host:port`, with a path where a proxy serves several clusters. */
  readonly server: string;
  /** TLS options and credentials for one request; tokens and certificates are read anew as they rotate. */
  readonly authorize: () => Promise<RequestOptions>;
}

/**
 * Finds the cluster: in the given kubeconfig, else where kubectl looks, else the one that this pod runs in.
 * The library costs 88 MB, so it is loaded only here.
 */
export async function findCluster(kubeconfig: string | undefined): Promise<ClusterAccess> {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  load(config, kubeconfig);
  const cluster = config.getCurrentCluster();
  // The library falls back to a server on this machine, which nobody has asked for.
  if (cluster === null || config.getCurrentContext() === 'loaded-context') {
    throw new Error(
      kubeconfig === undefined
        ? 'no cluster: there is no kubeconfig and this is no pod; give --kubeconfig'
        : `--kubeconfig: ${kubeconfig}: names no current cluster`,
    );
  }
  const agent = keptAgent(cluster.server);
  return {
    server: cluster.server,
    authorize: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      // The library's own agent opens a connection for each request, but it knows the way through a proxy.
      return cluster.proxyUrl === undefined ? { ...options, agent } : options;
    },
  };
}

function load(config: KubeConfig, kubeconfig: string | undefined): void {
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (cause) {
    throw new Error(`--kubeconfig: ${messageOf(cause)}`, { cause });
  }
}

function keptAgent(server: string): HttpAgent {
  const options = { keepAlive: true, keepAliveMsecs: 15_000 };
  return server.startsWith('http:') ? new HttpAgent(options) : new HttpsAgent(options);
}
