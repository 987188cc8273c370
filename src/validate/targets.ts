import type { PolicyObject, WeightedTarget } from '../core/policy.ts';
import type { FieldPath } from '../sources/problems/problem.ts';
import { errorAt, type Finding, type Located, noteAt } from './finding.ts';

/** A target and where its object names it. */
export interface LocatedTarget {
  readonly target: WeightedTarget;
  readonly entry: FieldPath;
  readonly name: FieldPath;
}

/** One list of targets that share their traffic. */
export interface TargetList {
  readonly path: FieldPath;
  readonly targets: readonly LocatedTarget[];
}

/** The lists of targets that an object has. */
export function targetLists(object: PolicyObject): readonly TargetList[] {
  if (object.kind === 'model') {
    return [listAt(['spec', 'targetModels'], object.targets, 'name')];
  }
  if (object.kind !== 'rewrite') return [];
  return object.rules.map(({ targets }, rule) =>
    listAt(['spec', 'rules', rule, 'targets'], targets, 'modelRewrite'),
  );
}

function listAt(path: FieldPath, targets: readonly WeightedTarget[], field: string): TargetList {
  return {
    path,
    targets: targets.map((target, index) => {
      const entry = [...path, index];
      return { target, entry, name: [...entry, field] };
    }),
  };
}

/** What every version of the CRDs takes; files may say more. */
const MAX_WEIGHT = 1_000_000;
const MAX_TARGETS = 10;

/** Finds weights that a cluster refuses, and targets that get nothing at all. */
export function weightFaults(located: Located): readonly Finding[] {
  return targetLists(located.object).flatMap(({ path, targets }) => [
    ...targets
      .filter(({ target }) => target.weight > MAX_WEIGHT)
      .map(({ entry }) =>
        errorAt(located, [...entry, 'weight'], `must be at most ${MAX_WEIGHT} in a cluster`),
      ),
    ...(targets.length > MAX_TARGETS
      ? [errorAt(located, path, `must have at most ${MAX_TARGETS} entries in a cluster`)]
      : []),
    ...(targets.length > 0 && targets.every(({ target }) => target.weight === 0)
      ? [noteAt(located, path, 'every weight is 0, so requests are refused with 503')]
      : []),
  ]);
}
