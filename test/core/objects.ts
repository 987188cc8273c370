import type { Member } from '../../src/core/members.ts';
import type { PoolKey } from '../../src/core/names.ts';
import { modelName, poolKey, targetName } from '../../src/core/names.ts';
import type {
  InvalidObject,
  ModelObject,
  ObjectiveObject,
  ObjectMeta,
  Place,
  PoolObject,
  RewriteObject,
  RouteObject,
  WeightedTarget,
} from '../../src/core/policy.ts';

/** The pool of every object that names no other. */
export const POOL = poolKey('default', 'pool');

/** Where and when an object was made; without it: one file, line 1, no timestamp. */
export interface Origin {
  readonly namespace?: string;
  readonly createdAtMs?: number;
  readonly place?: Place;
}

export function at(source: string, line: number, column = 1): Place {
  return { source, line, column };
}

export function meta(kind: string, name: string, origin: Origin = {}): ObjectMeta {
  const { namespace = 'default', createdAtMs, place = at('policy.yaml', 1) } = origin;
  return { kind, namespace, name, createdAtMs, place };
}

/** `{a: 1, b: 2}` as weighted targets. */
export function weights(byName: Readonly<Record<string, number>>): readonly WeightedTarget[] {
  return Object.entries(byName).map(([name, weight]) => ({ name: targetName(name), weight }));
}

export function pool(name: string, changes: Partial<PoolObject> & Origin = {}): PoolObject {
  const { createdAtMs: _, place: __, namespace: ___, ...fields } = { place: undefined, ...changes };
  return {
    kind: 'pool',
    meta: meta('InferencePool', name, changes),
    key: poolKey(changes.namespace ?? 'default', name),
    selector: new Map([['app', name]]),
    ports: [8000],
    picker: undefined,
    ...fields,
  };
}

export function model(
  name: string,
  modelNameText: string,
  changes: Partial<Pick<ModelObject, 'pool' | 'criticality' | 'targets'>> & Origin = {},
): ModelObject {
  const { criticality = 'Standard', targets = [] } = changes;
  return {
    kind: 'model',
    meta: meta('InferenceModel', name, changes),
    pool: changes.pool ?? POOL,
    modelName: modelName(modelNameText),
    criticality,
    targets,
  };
}

/** A rewrite of one rule per entry; the key `*` makes a rule without matches. */
export function rewrite(
  name: string,
  rules: readonly (readonly [readonly string[] | 'any', Readonly<Record<string, number>>])[],
  origin: Origin & { readonly pool?: PoolKey } = {},
): RewriteObject {
  return {
    kind: 'rewrite',
    meta: meta('InferenceModelRewrite', name, origin),
    pool: origin.pool ?? POOL,
    rules: rules.map(([matches, targets]) => ({
      matches: matches === 'any' ? matches : matches.map(modelName),
      targets: weights(targets),
    })),
  };
}

export function objective(name: string, priority: number, origin: Origin = {}): ObjectiveObject {
  return { kind: 'objective', meta: meta('InferenceObjective', name, origin), pool: POOL, priority };
}

export function route(name: string, host: string, toPool: PoolKey, origin: Origin = {}): RouteObject {
  return { kind: 'route', meta: meta('LLMRoute', name, origin), host, pool: toPool };
}

export function invalid(name: string, modelNames: readonly string[], origin: Origin = {}): InvalidObject {
  return {
    kind: 'invalid',
    meta: meta('InferenceModel', name, origin),
    pool: POOL,
    modelNames: modelNames.map(modelName),
    problem: 'spec.targetModels[0].weight is missing',
  };
}

export function member(ip: string, changes: Partial<Member> = {}): Member {
  return { name: `pod-${ip}`, ip, port: undefined, labels: undefined, namespace: undefined, ...changes };
}
