import { compileEndpoints } from './compile-endpoints.ts';
import type { CompiledRules } from './compile-rules.ts';
import { compileRules } from './compile-rules.ts';
import type { Conflict } from './conflict.ts';
import { buildHosts } from './hosts.ts';
import type { Member } from './members.ts';
import type { Address, PoolKey } from './names.ts';
import { poolKey } from './names.ts';
import type { WeightOverlay } from './overlay.ts';
import type { ObjectiveObject, PolicyObject, PoolObject, RouteObject } from './policy.ts';
import { byPrecedence } from './precedence.ts';
import type { Pool, Snapshot } from './snapshot.ts';

/** Everything that a snapshot is made of. */
export interface CompileInput {
  readonly objects: readonly PolicyObject[];
  readonly members: readonly Member[];
  /** `--pool-name`: the pool of members without labels, and of all hosts if no LLMRoute is loaded. */
  readonly poolName: PoolKey | undefined;
  /** The stable slot of an address. */
  readonly slotOf: (address: Address) => number;
  readonly version: number;
  readonly overlay: WeightOverlay;
}

/** A snapshot and the objects that lost to others while it was made. */
export interface Compiled {
  readonly snapshot: Snapshot;
  readonly conflicts: readonly Conflict[];
}

/** Makes policy and members into one snapshot. Total: a broken object costs nothing but its own names. */
export function compile(input: CompileInput): Compiled {
  const conflicts: Conflict[] = [];
  const poolObjects = input.objects.flatMap((object) => (object.kind === 'pool' ? [object] : []));
  const pools = firstOf(poolObjects, ({ key }) => key, conflicts);
  if (pools.size === 0 && input.members.length > 0) addImplicitPool(pools, input.poolName);
  const defaultPool = input.poolName ?? onlyKey(pools);
  const compiled = new Map<PoolKey, Pool>();
  for (const pool of pools.values()) {
    const rules = compileRules(pool.key, input.objects, input.overlay);
    conflicts.push(...rules.conflicts);
    compiled.set(pool.key, compilePool(pool, rules, { ...input, isDefault: pool.key === defaultPool }));
  }
  const routeObjects = input.objects.flatMap((object) => (object.kind === 'route' ? [object] : []));
  const routes = firstOf(routeObjects, ({ host }) => host, conflicts);
  const hosts = buildHosts(new Map([...routes].map(([host, { pool }]) => [host, pool])));
  return { snapshot: { version: input.version, pools: compiled, hosts, defaultPool }, conflicts };
}

/** One object per key: the first by precedence; the others are conflicts unless they say the same. */
function firstOf<Key extends string, T extends PoolObject | RouteObject>(
  objects: readonly T[],
  keyOf: (object: T) => Key,
  conflicts: Conflict[],
): Map<Key, T> {
  const first = new Map<Key, T>();
  for (const object of [...objects].sort((a, b) => byPrecedence(a.meta, b.meta))) {
    const key = keyOf(object);
    const winner = first.get(key);
    if (winner === undefined) first.set(key, object);
    else conflicts.push({ model: key, winner: winner.meta, loser: object.meta });
  }
  return first;
}

function onlyKey(pools: ReadonlyMap<PoolKey, PoolObject>): PoolKey | undefined {
  const [only] = pools.keys();
  return pools.size === 1 ? only : undefined;
}

/** Endpoints alone are enough for models that are asked for by their own name: they get a pool. */
function addImplicitPool(pools: Map<PoolKey, PoolObject>, poolName: PoolKey | undefined): void {
  const key = poolName ?? poolKey('default', 'default');
  const [namespace = 'default', name = 'default'] = key.split('/');
  const place = { source: '(endpoints)', line: 1, column: 1 };
  const meta = { kind: 'InferencePool', namespace, name, createdAtMs: undefined, place };
  pools.set(key, { kind: 'pool', meta, key, selector: new Map(), ports: [DEFAULT_PORT] });
}

/** vLLM's own default port. */
const DEFAULT_PORT = 8000;

function compilePool(
  pool: PoolObject,
  { rules, anyRule }: CompiledRules,
  input: CompileInput & { readonly isDefault: boolean },
): Pool {
  const endpoints = compileEndpoints({ ...input, pool });
  return {
    key: pool.key,
    endpoints,
    byAddress: new Map(endpoints.map((endpoint) => [endpoint.address, endpoint])),
    rules,
    anyRule,
    objectives: prioritiesOf(input.objects, pool.key),
  };
}

function prioritiesOf(objects: readonly PolicyObject[], pool: PoolKey): ReadonlyMap<string, number> {
  const isOurs = (object: PolicyObject): object is ObjectiveObject =>
    object.kind === 'objective' && object.pool === pool;
  return new Map(objects.filter(isOurs).map(({ meta, priority }) => [meta.name, priority]));
}
