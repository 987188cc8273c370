import type { ModelName, PoolKey, TargetName } from './names.ts';

/** Where an object was read: a file with 1-based line and column, or a cluster's resource with line 0. */
export interface Place {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** What every policy object carries, whatever its kind. */
export interface ObjectMeta {
  /** The Kubernetes kind, `InferenceModel` for example. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `metadata.creationTimestamp` in milliseconds since the epoch; absent in most files. */
  readonly createdAtMs: number | undefined;
  readonly place: Place;
}

/** How a pool's user wants a model's requests treated under load (InferenceModel `spec.criticality`). */
export type Criticality = 'Critical' | 'Standard' | 'Sheddable';

/** What a target is in the comparison of a release: the version that serves, or one on trial. */
export type Role = 'stable' | 'canary';

/** One target of a rule with the weight that the object asks for; no weight means uniform. */
export interface WeightedTarget {
  readonly name: TargetName;
  readonly weight: number;
  /** Absent where the object does not say: then the weights do. */
  readonly role?: Role;
  /** Targets with one are compared as one; absent where the object does not say: then the role is it. */
  readonly group?: string;
}

/** An InferencePool of any generation. */
export interface PoolObject {
  readonly kind: 'pool';
  readonly meta: ObjectMeta;
  readonly key: PoolKey;
  readonly selector: ReadonlyMap<string, string>;
  /** One endpoint per port and pod; `targetPorts` of v1, the single target port of the alphas. */
  readonly ports: readonly number[];
  /** Name of the Service, in the pool's namespace, that the pool names as its endpoint picker. */
  readonly picker: string | undefined;
}

/** An InferenceModel: one client-facing name, its targets and its criticality. */
export interface ModelObject {
  readonly kind: 'model';
  readonly meta: ObjectMeta;
  readonly pool: PoolKey;
  readonly modelName: ModelName;
  readonly criticality: Criticality;
  /** Empty means: the name is served as it is and the object only sets the criticality. */
  readonly targets: readonly WeightedTarget[];
}

/** One rule of an InferenceModelRewrite; no match list means every model name. */
export interface RewriteRule {
  readonly matches: readonly ModelName[] | 'any';
  readonly targets: readonly WeightedTarget[];
}

/** An InferenceModelRewrite of either group. */
export interface RewriteObject {
  readonly kind: 'rewrite';
  readonly meta: ObjectMeta;
  readonly pool: PoolKey;
  readonly rules: readonly RewriteRule[];
}

/** An InferenceObjective: a priority that a request names in a header. */
export interface ObjectiveObject {
  readonly kind: 'objective';
  readonly meta: ObjectMeta;
  readonly pool: PoolKey;
  readonly priority: number;
}

/** An LLMRoute: one host and the pool that serves it. */
export interface RouteObject {
  readonly kind: 'route';
  readonly meta: ObjectMeta;
  /** Lower case, without port; `*.x` and `*` are wildcards. */
  readonly host: string;
  readonly pool: PoolKey;
}

/** Names that an invalid object would have served, so that they are refused and not passed on. */
export interface InvalidObject {
  readonly kind: 'invalid';
  readonly meta: ObjectMeta;
  readonly pool: PoolKey;
  readonly modelNames: readonly ModelName[];
  readonly problem: string;
}

/** Any policy object that Serin reads, already translated from its manifest. */
export type PolicyObject =
  | PoolObject
  | ModelObject
  | RewriteObject
  | ObjectiveObject
  | RouteObject
  | InvalidObject;
