import { compile } from '../core/compile.ts';
import { modelName, type PoolKey } from '../core/names.ts';
import type { ObjectMeta, PolicyObject, PoolObject, RewriteObject } from '../core/policy.ts';
import { objectId } from '../sources/policy/object-id.ts';
import { type FieldPath, formatPlace } from '../sources/problems/problem.ts';
import { errorAt, type Finding, type Located } from './finding.ts';

/** Finds names that two objects claim: of models, hosts, pools and objectives. */
export function duplicates(located: readonly Located[]): readonly Finding[] {
  const objects = located.map(({ object }) => object);
  const input = { members: [], poolName: undefined, slotOf: () => 0, version: 0, overlay: new Map() };
  const { conflicts } = compile({ ...input, objects: [...objects, ...missingPools(objects)] });
  return conflicts.flatMap(({ winner, loser, model }) => {
    const found = located.find(({ object }) => object.meta === loser);
    if (found === undefined) return [];
    const message = `${model} is taken by ${objectId(winner)} at ${formatPlace(winner.place)}`;
    return [errorAt(found, claimPath(found.object, model), message)];
  });
}

/** Names are claimed within a pool, also one that is applied elsewhere. */
function missingPools(objects: readonly PolicyObject[]): readonly PoolObject[] {
  const own = new Set(objects.flatMap((object) => (object.kind === 'pool' ? [object.key] : [])));
  const meant = objects.flatMap((object) => (object.kind === 'pool' ? [] : [object]));
  const missing = new Map(meant.filter(({ pool }) => !own.has(pool)).map(({ pool, meta }) => [pool, meta]));
  return [...missing].map(([key, meta]) => emptyPool(key, meta));
}

function emptyPool(key: PoolKey, meta: ObjectMeta): PoolObject {
  return { kind: 'pool', meta, key, selector: new Map(), ports: [], picker: undefined };
}

/** Where an object claims a name; `*` stands for every name. */
function claimPath(object: PolicyObject, name: string): FieldPath {
  switch (object.kind) {
    case 'pool':
    case 'objective':
    case 'invalid':
      return ['metadata', 'name'];
    case 'model':
      return ['spec', 'modelName'];
    case 'route':
      return ['spec', 'host'];
    case 'rewrite':
      return matchPath(object, name);
  }
}

function matchPath({ rules }: RewriteObject, name: string): FieldPath {
  const paths = rules.flatMap(({ matches }, rule) => {
    const at = ['spec', 'rules', rule];
    if (matches === 'any') return name === '*' ? [at] : [];
    const match = matches.indexOf(modelName(name));
    return match < 0 ? [] : [[...at, 'matches', match, 'model', 'value']];
  });
  return paths[0] ?? ['spec', 'rules'];
}
