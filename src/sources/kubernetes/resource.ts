/** One kind of object as the API server serves it, in the version that is read. */
export interface Resource {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The name in URLs and RBAC rules: `inferencepools`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

/** A kind that Serin can read, with the versions that it understands, the newest first. */
export interface ReadKind {
  readonly group: string;
  readonly kind: string;
  /** What discovery would tell; names the resource of a kind that is not there. */
  readonly plural: string;
  readonly versions: readonly string[];
}

const XK8S = 'inference.networking.x-k8s.io';

/** The pool of every generation. */
export const POOL_KINDS: readonly ReadKind[] = [
  { group: 'inference.networking.k8s.io', kind: 'InferencePool', plural: 'inferencepools', versions: ['v1'] },
  { group: XK8S, kind: 'InferencePool', plural: 'inferencepools', versions: ['v1alpha2', 'v1alpha1'] },
];

/** Everything that refers to a pool. */
export const POLICY_KINDS: readonly ReadKind[] = [
  { group: XK8S, kind: 'InferenceModel', plural: 'inferencemodels', versions: ['v1alpha2', 'v1alpha1'] },
  ...['llm-d.ai', XK8S].flatMap((group): readonly ReadKind[] => [
    { group, kind: 'InferenceModelRewrite', plural: 'inferencemodelrewrites', versions: ['v1alpha2'] },
    { group, kind: 'InferenceObjective', plural: 'inferenceobjectives', versions: ['v1alpha2'] },
  ]),
  { group: 'istio.alibabacloud.com', kind: 'LLMRoute', plural: 'llmroutes', versions: ['v1'] },
];

/** Pods are in every cluster and need no discovery. */
export const PODS: Resource = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

/** Pods as one of the kinds that are read. */
export const POD_KIND: ReadKind = { group: '', kind: 'Pod', plural: 'pods', versions: ['v1'] };

/** `group/version`, or the bare version of the core group. */
export function apiVersionOf({ group, version }: Pick<Resource, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The path of all objects of a resource, in one namespace or in all. */
export function collectionPath(resource: Resource, namespace: string | undefined): string {
  const root = resource.group === '' ? '/api' : `/apis/${resource.group}`;
  const scope = namespace === undefined || !resource.namespaced ? '' : `/namespaces/${namespace}`;
  return `${root}/${resource.version}${scope}/${resource.plural}`;
}
