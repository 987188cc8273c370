import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShell } from '../../scripts/docker/shell.ts';
import { setting } from '../node/kubectl.ts';
import { grpcCluster } from './gateway-pod.ts';
import { istiodPage } from './istiod.ts';

/** A part of a configuration of Envoy's, which is looked into by name. */
// biome-ignore lint/suspicious/noExplicitAny: configuration of many kinds, looked into by tests alone
export type Part = any;

/** What istiod sends to a gateway, piece by piece. */
export interface Pushed {
  readonly clusters: readonly Part[];
  readonly listeners: readonly Part[];
  readonly routes: readonly Part[];
}

/** Out of the list of any kinds, and into one of one kind. */
function bare({ '@type': _, ...part }: Part): Part {
  return part;
}

/** What istiod makes of the objects that are there for the one gateway that it knows. */
export async function pushed(): Promise<Pushed> {
  const [{ proxy }] = await istiodPage<readonly [{ readonly proxy: string }]>('/debug/syncz');
  const { configs } = await istiodPage<Part>(`/debug/config_dump?proxyID=${proxy}`);
  const all = (key: string): readonly Part[] => configs.flatMap((config: Part) => config[key] ?? []);
  return {
    clusters: all('dynamicActiveClusters').map(({ cluster }) => bare(cluster)),
    listeners: all('dynamicListeners').map(({ activeState }) => bare(activeState.listener)),
    routes: all('dynamicRouteConfigs').map(({ routeConfig }) => bare(routeConfig)),
  };
}

/** The listener with its routes in it, as Envoy has it once it has asked for them. */
function withRoutes(part: Part, routes: readonly Part[]): Part {
  if (Array.isArray(part)) return part.map((each) => withRoutes(each, routes));
  if (typeof part !== 'object' || part === null) return part;
  const { rds, ...rest } = part;
  const inner = Object.entries(rest).map(([key, value]) => [key, withRoutes(value, routes)]);
  const named = rds && { routeConfig: routes.find(({ name }) => name === rds.routeConfigName) };
  return { ...Object.fromEntries(inner), ...named };
}

/** Puts the pieces into one configuration and asks the real Envoy about it; gives its complaint. */
export async function complaintOfEnvoy({ clusters, listeners, routes }: Pushed): Promise<string | undefined> {
  const config = {
    node: { id: 'gateway', cluster: 'gateway' },
    dynamic_resources: {
      ads_config: { api_type: 'GRPC', transport_api_version: 'V3', grpc_services: [XDS] },
    },
    static_resources: {
      // The agent beside a proxy of Istio's hands out its certificates.
      clusters: [
        ...clusters,
        grpcCluster('xds-grpc', '127.0.0.1', 1),
        grpcCluster('sds-grpc', '127.0.0.1', 2),
      ],
      listeners: withRoutes(listeners, routes),
    },
  };
  const folder = await mkdtemp(join(tmpdir(), 'serin-whole-'));
  try {
    const file = join(folder, 'envoy.json');
    // Envoy opens its access logs even then, and its own output is none that can be opened by name here.
    await writeFile(file, JSON.stringify(config).replaceAll('/dev/stdout', '/dev/null'));
    const shell = createShell(process.env, new AbortController().signal);
    const { code, stderr } = await shell.try(setting('SERIN_ENVOY'), ['--mode', 'validate', '-c', file]);
    return code === 0 ? undefined : stderr.split('\n').slice(-5).join('\n');
  } finally {
    await rm(folder, { recursive: true });
  }
}

const XDS = { envoy_grpc: { cluster_name: 'xds-grpc' } };
