import { settle } from './compile-claims.ts';
import { compileEndpoints } from './compile-endpoints.ts';
import { compilePools } from './compile-pools.ts';
import { compileRules } from './compile-rules.ts';
import type { Conflict } from './conflict.ts';
import { buildHosts } from './hosts.ts';
import type { Member } from './members.ts';
import { type MissingTargets, withoutMissing } from './missing-targets.ts';
import type { Address, ModelName, PoolKey } from './names.ts';
import type { WeightOverlay } from './overlay.ts';
import { buildPickers } from './pickers.ts';
import type { PolicyObject, PoolObject } from './policy.ts';
import type { Pool, Rule, Snapshot } from './snapshot.ts';

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
  /** Targets that no ready pod serves; without it none is known to be missing. */
  readonly missing?: MissingTargets;
}

/** A snapshot and the objects that lost to others while it was made. */
export interface Compiled {
  readonly snapshot: Snapshot;
  readonly conflicts: readonly Conflict[];
}

/** Makes policy and members into one snapshot. Total: a broken object costs nothing but its own names. */
export function compile(input: CompileInput): Compiled {
  const { objects, members, version } = input;
  const { winners: poolObjects, conflicts } = compilePools(objects, members, input.poolName);
  const defaultPool = input.poolName ?? onlyKey(poolObjects);
  const pools = [...poolObjects.values()].map((object) => compilePool(object, input, defaultPool));
  const routes = settle(
    objects.filter((object) => object.kind === 'route'),
    ({ host }) => host,
  );
  const hosts = buildHosts(new Map([...routes.winners].map(([host, { pool }]) => [host, pool])));
  return {
    snapshot: {
      version,
      pools: new Map(pools.map(({ pool }) => [pool.key, pool])),
      hosts,
      pickers: buildPickers(poolObjects.values()),
      defaultPool,
    },
    conflicts: [...conflicts, ...pools.flatMap((each) => each.conflicts), ...routes.conflicts],
  };
}

function onlyKey(pools: ReadonlyMap<PoolKey, PoolObject>): PoolKey | undefined {
  const [only] = pools.keys();
  return pools.size === 1 ? only : undefined;
}

interface CompiledPool {
  readonly pool: Pool;
  readonly conflicts: readonly Conflict[];
}

function compilePool(
  object: PoolObject,
  input: CompileInput,
  defaultPool: PoolKey | undefined,
): CompiledPool {
  const { key } = object;
  const endpoints = compileEndpoints({ ...input, pool: object, isDefault: key === defaultPool });
  const { rules, anyRule, conflicts } = compileRules(key, input.objects, input.overlay);
  const inForce = <R extends Rule>(rule: R, model: ModelName | undefined) =>
    input.missing === undefined ? rule : withoutMissing(rule, { pool: key, model }, input.missing);
  const objectives = settle(
    input.objects.filter((each) => each.kind === 'objective').filter(({ pool }) => pool === key),
    ({ meta }) => meta.name,
  );
  const pool = {
    key,
    endpoints,
    byAddress: new Map(endpoints.map((endpoint) => [endpoint.address, endpoint])),
    rules: new Map([...rules].map(([model, rule]) => [model, inForce(rule, model)])),
    anyRule: anyRule && inForce(anyRule, undefined),
    objectives: new Map([...objectives.winners].map(([name, { priority }]) => [name, priority])),
  };
  return { pool, conflicts: [...conflicts, ...objectives.conflicts] };
}
