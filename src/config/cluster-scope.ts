import type { Scope } from '../sources/kubernetes/scope.ts';

/** What flags say about where pods come from. */
export interface SourceFlags {
  readonly endpoints: unknown;
  readonly endpointsFile: unknown;
  readonly endpointsDns: unknown;
  readonly poolName: string | undefined;
  readonly poolNamespace: string;
  readonly allPools: boolean;
  readonly namespaces: readonly string[];
  readonly endpointSelector: string | undefined;
  readonly endpointTargetPorts: readonly number[];
  readonly writeStatus: boolean;
}

/** True if the pods are named without a cluster. */
export function namesEndpoints({ endpoints, endpointsFile, endpointsDns }: SourceFlags): boolean {
  return [endpoints, endpointsFile, endpointsDns].some((source) => source !== undefined);
}

/** What of a cluster is read; undefined in file mode, in which `--pool-name` only gives the pool its name. */
export function clusterScope(flags: SourceFlags): Scope | undefined {
  const { poolName: name, poolNamespace: namespace, endpointSelector, endpointTargetPorts } = flags;
  if (flags.allPools) return { kind: 'all', namespaces: [...new Set(flags.namespaces)] };
  if (endpointSelector !== undefined) {
    return { kind: 'selector', namespace, labelSelector: endpointSelector, ports: endpointTargetPorts };
  }
  if (name === undefined || namesEndpoints(flags)) return undefined;
  return { kind: 'pool', namespace, name };
}

/** Flags about the source of pods that do not go together. */
export function sourceProblems(flags: SourceFlags): readonly string[] {
  const cluster = flags.allPools || flags.endpointSelector !== undefined;
  const problems: readonly (readonly [boolean, string])[] = [
    [cluster && namesEndpoints(flags), 'pods come from --endpoints… or from a cluster, not from both'],
    [flags.allPools && flags.poolName !== undefined, '--all-pools: goes without --pool-name'],
    [
      flags.allPools && flags.endpointSelector !== undefined,
      '--endpoint-selector: stands for a pool, so it goes without --all-pools',
    ],
    [!flags.allPools && flags.namespaces.length > 0, '--namespaces: needs --all-pools'],
    [
      (flags.endpointSelector === undefined) !== (flags.endpointTargetPorts.length === 0),
      '--endpoint-selector and --endpoint-target-ports: need each other',
    ],
    [
      flags.writeStatus && namesEndpoints(flags),
      '--write-status: needs the objects of a cluster, so it goes without --endpoints…',
    ],
  ];
  return problems.flatMap(([found, problem]) => (found ? [problem] : []));
}
