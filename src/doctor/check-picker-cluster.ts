import type { ClusterFact } from './envoy-clusters.ts';
import { type Finding, findingsOf } from './finding.ts';
import type { ListenerFact } from './listener.ts';
import { readMeshCluster } from './mesh.ts';

/** The cluster through which an Envoy reaches Serin, and what Serin's port speaks. */
export interface PickerClusterFacts {
  /** Undefined if the filter names none (google_grpc). */
  readonly clusterName: string | undefined;
  readonly cluster: ClusterFact | undefined;
  /** Undefined if no running Serin was asked. */
  readonly listener: ListenerFact | undefined;
}

const envoy = findingsOf('Envoy cluster');
const tls = findingsOf('TLS');

const TLS_SOCKET = 'a transport_socket with UpstreamTlsContext and alpn_protocols: [h2]';
const SIMPLE = 'tls: {mode: SIMPLE, insecureSkipVerify: true} in a DestinationRule for Serin’s Service';
const ENOUGH_REQUESTS = 65_536;
const ENVOY_MAX_REQUESTS = 1024;

/** Says what is wrong with the cluster of an ext_proc filter: its protocol, its TLS mode, its limits. */
export function checkPickerCluster(facts: PickerClusterFacts): readonly Finding[] {
  const { clusterName, cluster, listener } = facts;
  if (clusterName === undefined) {
    return [envoy.warning('ext_proc asks by google_grpc, which is not looked into', 'use envoy_grpc')];
  }
  if (cluster === undefined) {
    return [
      envoy.fault(
        `Envoy has no cluster ${clusterName}`,
        'name a cluster of Serin in envoy_grpc.cluster_name',
      ),
    ];
  }
  return [...checkProtocol(cluster), ...checkLimits(cluster), ...checkTls(cluster, listener)];
}

function checkProtocol({ name, http2 }: ClusterFact): readonly Finding[] {
  if (http2) return [];
  return [
    envoy.fault(
      `the cluster ${name} speaks HTTP/1.1, and gRPC needs HTTP/2`,
      'explicit_http_config: {http2_protocol_options: {}} in its HttpProtocolOptions',
    ),
  ];
}

function checkLimits({ name, maxRequests }: ClusterFact): readonly Finding[] {
  if (maxRequests > ENVOY_MAX_REQUESTS) {
    return [envoy.ok(`the cluster ${name} speaks HTTP/2, and up to ${maxRequests} requests may be open`)];
  }
  return [
    envoy.warning(
      `the cluster ${name} lets ${maxRequests} requests be open at once and answers further ones with 500`,
      `circuit_breakers: {thresholds: [{max_connections: ${ENOUGH_REQUESTS}, max_pending_requests: ${ENOUGH_REQUESTS}, max_requests: ${ENOUGH_REQUESTS}}]}`,
    ),
  ];
}

function checkTls(cluster: ClusterFact, listener: ListenerFact | undefined): readonly Finding[] {
  if (listener === undefined || listener.kind === 'silent') return [];
  if (cluster.tls === 'varies') return checkAutoTls(cluster, listener);
  const { where, kind } = listener;
  if (kind === cluster.tls) return [verified(cluster, listener)];
  if (kind === 'tls') {
    return [
      tls.fault(
        `Envoy’s cluster ${cluster.name} speaks plaintext to ${where}, which wants TLS`,
        `${readMeshCluster(cluster.name) ? SIMPLE : `${TLS_SOCKET} in the cluster`}, or --secure-serving=false`,
      ),
    ];
  }
  return [
    tls.fault(
      `Envoy’s cluster ${cluster.name} speaks TLS to ${where}, which speaks plaintext`,
      `take ${readMeshCluster(cluster.name) ? 'tls out of the DestinationRule' : 'the transport_socket out of the cluster'}, or serve without --secure-serving=false`,
    ),
  ];
}

/** The mesh speaks mTLS to sidecars and plaintext to everything else, so never TLS to Serin itself. */
function checkAutoTls({ name }: ClusterFact, { kind, where }: ListenerFact): readonly Finding[] {
  if (readMeshCluster(name) === undefined || kind === 'plaintext') return [];
  return [
    tls.fault(
      `Envoy’s cluster ${name} leaves TLS to the mesh, which speaks none to ${where} itself, and that wants TLS`,
      SIMPLE,
    ),
  ];
}

function verified(
  { name, verifies }: ClusterFact,
  listener: Exclude<ListenerFact, { readonly kind: 'silent' }>,
): Finding {
  if (listener.kind === 'tls' && listener.selfSigned && verifies) {
    return tls.fault(
      `Envoy’s cluster ${name} checks certificates, and ${listener.where} shows one of its own making`,
      'give Serin a certificate of that authority with --cert-path, or take the validation_context out',
    );
  }
  return tls.ok(`Envoy’s cluster ${name} and ${listener.where} both speak ${listener.kind}`);
}
