import { nearest } from '../config/nearest.ts';
import type { PoolKey } from '../core/names.ts';
import type { PolicyObject } from '../core/policy.ts';
import type { FieldPath } from '../sources/problems/problem.ts';
import { errorAt, type Finding, type Located } from './finding.ts';

/** Finds references to pools that are neither among the objects nor known to be elsewhere. */
export function dangling(objects: readonly Located[], known: ReadonlySet<PoolKey>): readonly Finding[] {
  return objects.flatMap((located) => {
    const { object } = located;
    if (object.kind === 'pool' || known.has(object.pool)) return [];
    const meant = nearest(object.pool, [...known]);
    const guess = meant === undefined ? '' : `; is it ${meant}?`;
    const message = `InferencePool ${object.pool} is not among these manifests${guess}`;
    return [errorAt(located, referencePath(object), message)];
  });
}

function referencePath(object: PolicyObject): FieldPath {
  if (object.kind !== 'route') return ['spec', 'poolRef', 'name'];
  return ['spec', 'rules', 0, 'backendRefs', 0, 'backendRef', 'name'];
}
