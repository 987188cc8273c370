import { clusterScope } from '../config/cluster-scope.ts';
import type { Config } from '../config/config.ts';
import type { HostPort } from '../sources/endpoints/host-port.ts';
import { messageOf } from '../sources/files/system-error.ts';
import { findCluster } from '../sources/kubernetes/cluster-access.ts';
import type { Scope } from '../sources/kubernetes/scope.ts';
import { checkAdapters } from './check-adapters.ts';
import { authorityOf, checkAuthority } from './check-authority.ts';
import { checkClientHeader } from './check-client-header.ts';
import { checkDestination } from './check-destination.ts';
import { checkEnvoyStats } from './check-envoy-stats.ts';
import { checkExtProcs } from './check-ext-proc.ts';
import { checkKinds } from './check-kinds.ts';
import { checkListener } from './check-listener.ts';
import { checkPickerCluster } from './check-picker-cluster.ts';
import { checkPods } from './check-pods.ts';
import { checkPolicy, type PolicyFacts } from './check-policy.ts';
import { checkRights } from './check-rights.ts';
import { checkSerin, endpointStates, type SerinFacts } from './check-serin.ts';
import type { ExtProcFact } from './envoy-facts.ts';
import { examineMesh } from './examine-mesh.ts';
import { type Finding, findingsOf } from './finding.ts';
import { gatherCluster, type ServiceAccount } from './gather-cluster.ts';
import { type EnvoyFacts, gatherEnvoy } from './gather-envoy.ts';
import { gatherPods } from './gather-pods.ts';
import { gatherPolicy } from './gather-policy.ts';
import { gatherSerin } from './gather-serin.ts';
import type { ListenerFact } from './listener.ts';
import { probeListener } from './probe-listener.ts';

const SOURCES_MS = 10_000;

/** What is examined. */
export interface Patient {
  /** The flags of `serin serve`. */
  readonly config: Config;
  /** The metrics port of a running Serin; its gRPC port is that of the flags, on the same host. */
  readonly serin: HostPort | undefined;
  readonly envoyAdmin: HostPort | undefined;
  /** Whose rights in the cluster are asked for; those of the kubeconfig's user if undefined. */
  readonly serviceAccount: ServiceAccount | undefined;
}

/** Gathers all that the flags lead to, and checks it. */
export async function examine(patient: Patient, signal: AbortSignal): Promise<readonly Finding[]> {
  const { config, serin, envoyAdmin } = patient;
  const scope = clusterScope(config);
  const [policy, cluster, serinFacts, envoy] = await Promise.all([
    gatherPolicy(config, { patienceMs: SOURCES_MS, signal }),
    scope === undefined ? [] : examineCluster(scope, patient, signal),
    serin === undefined ? undefined : gatherSerin(serin, signal),
    envoyAdmin === undefined ? undefined : gatherEnvoy(envoyAdmin, signal),
  ]);
  const filters = envoy?.kind === 'answers' ? envoy.filters : [];
  const listener = serin && (await probe(patient, serin, { filters, signal }));
  return [
    ...cluster,
    ...checkPolicy(policy),
    ...(await examinePods(patient, { policy, serin: serinFacts }, signal)),
    ...(serinFacts === undefined ? [] : checkSerin(serinFacts)),
    ...(listener === undefined ? [] : [checkListener(listener, config.secureServing)]),
    ...(envoy === undefined ? [] : checkEnvoy(envoy, { config, policy, listener })),
    ...(scope === undefined
      ? []
      : await lookAtMesh(patient, { policy, serin: serinFacts, envoy, listener }, signal)),
  ];
}

async function examineCluster(
  scope: Scope,
  { config, serviceAccount }: Patient,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    const access = await findCluster(config.kubeconfig);
    const facts = await gatherCluster({ scope, access, serviceAccount, signal });
    return [...checkKinds(facts.kinds), ...checkRights(facts.subject, facts.rights)];
  } catch (error) {
    return [
      findingsOf('cluster').fault(messageOf(error), 'give a kubeconfig that kubectl takes with --kubeconfig'),
    ];
  }
}

interface Found extends Known {
  readonly envoy: EnvoyFacts | undefined;
  readonly listener: ListenerFact | undefined;
}

async function lookAtMesh(
  { config }: Patient,
  { policy: { snapshot }, serin, envoy, listener }: Found,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  // Where no cluster is found, that is said already.
  const access = await findCluster(config.kubeconfig).catch(() => undefined);
  if (access === undefined) return [];
  const around = { config, snapshot, envoy, listener, seen: statesOf(serin) };
  return examineMesh(access, around, signal);
}

interface Known {
  readonly policy: PolicyFacts;
  readonly serin: SerinFacts | undefined;
}

async function examinePods(
  { config }: Patient,
  { policy: { snapshot }, serin }: Known,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const seen = statesOf(serin);
  try {
    const { pods, served } = await gatherPods({ config, snapshot, seen, signal });
    return [...checkPods(pods), ...checkAdapters(snapshot, served)];
  } catch (error) {
    // A file of a flag cannot be read.
    return [findingsOf('pod metrics').fault(messageOf(error), 'correct the --model-server-…-file flags')];
  }
}

function statesOf(serin: SerinFacts | undefined): ReadonlyMap<string, string> {
  return serin?.kind === 'answers' ? endpointStates(serin.metrics) : new Map();
}

function probe(
  { config }: Patient,
  { host }: HostPort,
  { filters, signal }: { readonly filters: readonly ExtProcFact[]; readonly signal: AbortSignal },
): Promise<ListenerFact> {
  const authorities = new Set(filters.flatMap((filter) => authorityOf(filter) ?? []));
  return probeListener({ host, port: config.grpcPort }, [...authorities], signal);
}

interface Around {
  readonly config: Config;
  readonly policy: PolicyFacts;
  readonly listener: ListenerFact | undefined;
}

function checkEnvoy(envoy: EnvoyFacts, { config, policy, listener }: Around): readonly Finding[] {
  if (envoy.kind === 'silent') {
    return [
      findingsOf('Envoy').fault(
        `${envoy.where}: ${envoy.problem}`,
        '--envoy-admin takes the host and port of Envoy’s admin interface (kubectl port-forward POD 9901)',
      ),
    ];
  }
  const { filters, chains, clusters, stats } = envoy;
  const { snapshot } = policy;
  const answers = listener === undefined || listener.kind === 'silent' ? new Map() : listener.authorities;
  const names = [...new Set(filters.map(({ cluster }) => cluster))];
  return [
    ...checkExtProcs(filters, config),
    ...filters.flatMap((filter) =>
      checkAuthority({ filter, snapshot, answers, transport: config.transport }),
    ),
    ...names.flatMap((clusterName) =>
      checkPickerCluster({ clusterName, cluster: clusters.get(clusterName ?? ''), listener }),
    ),
    ...checkDestination(clusters.values(), config.fallbackEndpoints),
    ...checkClientHeader({ chains, filters, clusters: clusters.values() }),
    ...checkEnvoyStats(
      stats,
      names.filter((name) => name !== undefined),
    ),
  ];
}
