import type { Endpoint, Snapshot } from '../core/snapshot.ts';
import { splitHostPort } from '../sources/endpoints/host-port.ts';
import { type Finding, findingsOf, listOf } from './finding.ts';
import { type Mesh, type PeerAuthenticationFact, ROOT_NAMESPACE, type SidecarFact } from './mesh.ts';

/** How pods are scraped, and how a running Serin sees them. */
export interface ScrapeFacts {
  readonly snapshot: Snapshot;
  readonly scheme: 'http' | 'https';
  /** By address; empty if no running Serin was asked. */
  readonly seen: ReadonlyMap<string, string>;
}

const { ok, fault } = findingsOf('mTLS');

/** Says which pods take mTLS alone on the port where Serin asks for their metrics in plaintext. */
export function checkStrictMtls(mesh: Mesh, { snapshot, scheme, seen }: ScrapeFacts): readonly Finding[] {
  const endpoints = [...snapshot.pools.values()].flatMap((pool) => pool.endpoints);
  const inMesh = endpoints.flatMap((endpoint) => sidecarOf(endpoint, mesh) ?? []);
  if (inMesh.length === 0 || scheme === 'https') return [];
  const strict = inMesh.filter(
    ({ endpoint, sidecar, port }) =>
      seen.get(endpoint.address) !== 'fresh' && modeOf(mesh.peerAuthentications, sidecar, port) === 'STRICT',
  );
  if (strict.length === 0) {
    return [ok(`${inMesh.length} pods have a sidecar, and Serin can ask them for their metrics`)];
  }
  return [
    fault(
      `${listOf(strict.map(({ endpoint }) => endpoint.address))}: STRICT mTLS keeps Serin from their metrics, which it asks for in plaintext`,
      'portLevelMtls: {PORT: {mode: PERMISSIVE}} in a PeerAuthentication for these pods (manifests/istio/components/strict-mtls), or a certificate of the mesh for Serin (manifests/istio/components/mesh-certificate)',
    ),
  ];
}

interface InMesh {
  readonly endpoint: Endpoint;
  readonly sidecar: SidecarFact;
  readonly port: number;
}

function sidecarOf(endpoint: Endpoint, { sidecars }: Mesh): InMesh | undefined {
  const at = splitHostPort(endpoint.address);
  const sidecar = sidecars.find(({ ip }) => ip === at?.host);
  return at && sidecar && { endpoint, sidecar, port: at.port };
}

/** The pod's own policies go before its namespace's, and those before the mesh's; what says nothing inherits. */
function modeOf(policies: readonly PeerAuthenticationFact[], pod: SidecarFact, port: number): string {
  const own = policies.filter((each) => each.namespace === pod.namespace);
  const workload = own.filter(({ labels }) => labels.size > 0 && selects(labels, pod));
  const wide = [...own, ...policies.filter((each) => each.namespace === ROOT_NAMESPACE)].filter(
    ({ labels }) => labels.size === 0,
  );
  const said = [
    ...workload.map(({ modeByPort }) => modeByPort.get(port)),
    ...[...workload, ...wide].map(({ mode }) => mode),
  ];
  return said.find((mode) => mode !== undefined && mode !== 'UNSET') ?? 'PERMISSIVE';
}

function selects(labels: ReadonlyMap<string, string>, pod: SidecarFact): boolean {
  return [...labels].every(([key, value]) => pod.labels.get(key) === value);
}
