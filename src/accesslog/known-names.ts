import type { LoadView } from '../core/load-view.ts';
import type { Decided } from '../core/request-record.ts';
import type { Pool, Snapshot } from '../core/snapshot.ts';

/** Bounds the names that somebody else has told. */
export interface KnownNames {
  readonly decision: (decided: Decided) => Decided;
  /** `ip:port` of a pod that is said to have served a request of a pool. */
  readonly endpoint: (pool: string, address: string) => string;
}

/** What this process knows itself. */
export interface Knowledge {
  readonly snapshot: () => Snapshot;
  /** Which models pods serve under their own names. */
  readonly load: Pick<LoadView, 'models'>;
}

/** Names that are in no snapshot: of a replica that is ahead or behind, or made up by whoever can connect. */
const MAX_OTHERS = 1000;

/** Stands for all names past the limit. */
const OTHER = 'other';

/**
 * Creates what keeps entries from making up label values without bound. Names that this process knows always
 * pass; of others only the first thousand of a kind do, so no stranger can crowd out a real name.
 */
export function createKnownNames({ snapshot, load }: Knowledge): KnownNames {
  const others = { pool: new Set<string>(), target: new Set<string>(), endpoint: new Set<string>() };
  const targetsOf = new WeakMap<Pool, ReadonlySet<string>>();

  function capped(kind: keyof typeof others, name: string): string {
    const seen = others[kind];
    if (seen.has(name)) return name;
    if (seen.size >= MAX_OTHERS) return OTHER;
    seen.add(name);
    return name;
  }

  function isTarget(pool: Pool, name: string): boolean {
    let targets = targetsOf.get(pool);
    if (targets === undefined) {
      targets = targetNames(pool);
      targetsOf.set(pool, targets);
    }
    return targets.has(name) || pool.endpoints.some(({ slot }) => load.models[slot]?.has(name));
  }

  function poolOf(key: string): Pool | undefined {
    const pools: ReadonlyMap<string, Pool> = snapshot().pools;
    return pools.get(key);
  }

  function endpoint(pool: Pool | undefined, address: string): string {
    const addresses: ReadonlyMap<string, unknown> | undefined = pool?.byAddress;
    return addresses?.has(address) === true ? address : capped('endpoint', address);
  }

  return {
    decision: (decided) => {
      const pool = poolOf(decided.pool);
      const { target } = decided;
      const known = target === undefined || (pool !== undefined && isTarget(pool, target));
      return {
        ...decided,
        pool: pool === undefined ? capped('pool', decided.pool) : decided.pool,
        target: known ? target : capped('target', target),
        endpoint: endpoint(pool, decided.endpoint),
      };
    },
    endpoint: (pool, address) => endpoint(poolOf(pool), address),
  };
}

function targetNames({ rules, anyRule }: Pool): ReadonlySet<string> {
  const all = anyRule === undefined ? [...rules.values()] : [...rules.values(), anyRule];
  return new Set(
    all.flatMap((rule) => (rule.kind === 'weighted' ? rule.targets.map(({ name }) => name) : [])),
  );
}
