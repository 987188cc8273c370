import type { Config } from '../config/config.ts';
import type { Snapshot } from '../core/snapshot.ts';
import type { HostPort } from '../sources/endpoints/host-port.ts';
import type { ClusterAccess } from '../sources/kubernetes/cluster-access.ts';
import { checkEnvoyFilters } from './check-envoy-filters.ts';
import { checkMeshTls } from './check-mesh-tls.ts';
import { checkStrictMtls } from './check-strict-mtls.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { EnvoyFacts } from './gather-envoy.ts';
import { gatherMesh } from './gather-mesh.ts';
import type { ListenerFact } from './listener.ts';
import { type Mesh, readMeshCluster } from './mesh.ts';

/** What is known of the set-up when the mesh is looked at. */
export interface AroundMesh {
  readonly config: Config;
  readonly snapshot: Snapshot;
  readonly envoy: EnvoyFacts | undefined;
  readonly listener: ListenerFact | undefined;
  /** The states in which a running Serin sees its endpoints, by address. */
  readonly seen: ReadonlyMap<string, string>;
}

/** Reads the mesh of the cluster, if it has one, and checks what of it concerns Serin. */
export async function examineMesh(
  access: ClusterAccess,
  around: AroundMesh,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { snapshot } = around;
  const namespaces = new Set([...snapshot.pools.keys()].map((key) => key.split('/')[0] ?? ''));
  const mesh = await gatherMesh({ access, namespaces, signal });
  switch (mesh.kind) {
    case 'none':
      return [];
    case 'unreadable':
      return [
        findingsOf('mesh').warning(
          `what Istio is told is not read: ${mesh.problem}`,
          'run the doctor as a user who may list envoyfilters, destinationrules and peerauthentications',
        ),
      ];
    case 'mesh':
      return checkMesh(mesh, around);
  }
}

function checkMesh(mesh: Mesh, { config, snapshot, envoy, listener, seen }: AroundMesh): readonly Finding[] {
  const chains = envoy?.kind === 'answers' ? envoy.chains : undefined;
  const filters = chains && new Set(chains.flatMap((chain) => chain.filters));
  const pickers = [
    ...mesh.envoyFilters.flatMap((filter) => filter.pickers),
    ...pickersOf(envoy),
    ...[...snapshot.pickers.keys()].map((key) => pickerService(key, config.grpcPort)),
  ];
  return [
    ...checkEnvoyFilters(mesh, filters),
    ...checkMeshTls(mesh, { pickers, speaks: speaks(config, listener), signed: isSigned(config, listener) }),
    ...checkStrictMtls(mesh, { snapshot, scheme: config.modelServerMetricsScheme, seen }),
  ];
}

function pickersOf(envoy: EnvoyFacts | undefined): readonly HostPort[] {
  const filters = envoy?.kind === 'answers' ? envoy.filters : [];
  return filters.flatMap(({ cluster }) => readMeshCluster(cluster ?? '') ?? []);
}

function pickerService(key: string, port: number): HostPort {
  const [namespace, name] = key.split('/');
  return { host: `${name}.${namespace}.svc.cluster.local`, port };
}

function speaks({ secureServing }: Config, listener: ListenerFact | undefined): 'tls' | 'plaintext' {
  if (listener !== undefined && listener.kind !== 'silent') return listener.kind;
  return secureServing ? 'tls' : 'plaintext';
}

function isSigned({ certPath }: Config, listener: ListenerFact | undefined): boolean {
  return listener?.kind === 'tls' ? !listener.selfSigned : certPath !== undefined;
}
