import type { Settled } from './compile-claims.ts';
import { settle } from './compile-claims.ts';
import type { Member } from './members.ts';
import type { PoolKey } from './names.ts';
import { poolKey } from './names.ts';
import type { PolicyObject, PoolObject } from './policy.ts';

/** The pool objects by key. Members without any pool object get a pool, so that `--endpoints` is enough. */
export function compilePools(
  objects: readonly PolicyObject[],
  members: readonly Member[],
  poolName: PoolKey | undefined,
): Settled<PoolKey, PoolObject> {
  const settled = settle(
    objects.filter((object) => object.kind === 'pool'),
    ({ key }) => key,
  );
  if (settled.winners.size > 0 || members.length === 0) return settled;
  const key = poolName ?? onlyReference(objects) ?? poolKey('default', 'default');
  return { winners: new Map([[key, implicitPool(key)]]), conflicts: [] };
}

/** The pool that all objects mean, if it is one. */
function onlyReference(objects: readonly PolicyObject[]): PoolKey | undefined {
  const keys = new Set(objects.map((object) => (object.kind === 'pool' ? object.key : object.pool)));
  const [only] = keys;
  return keys.size === 1 ? only : undefined;
}

/** vLLM's own default port. */
const DEFAULT_PORT = 8000;

function implicitPool(key: PoolKey): PoolObject {
  const [namespace = 'default', name = 'default'] = key.split('/');
  const place = { source: '(endpoints)', line: 1, column: 1 };
  const meta = { kind: 'InferencePool', namespace, name, createdAtMs: undefined, place };
  return { kind: 'pool', meta, key, selector: new Map(), ports: [DEFAULT_PORT], picker: undefined };
}
