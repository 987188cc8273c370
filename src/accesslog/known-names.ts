import type { LoadView } from '../core/load-view.ts';
import { OTHER } from '../core/name-labels.ts';
import type { Decided } from '../core/request-record.ts';
import type { Pool, Snapshot } from '../core/snapshot.ts';
import type { DecidedNames } from './logged-decision.ts';

/** Bounds what somebody else has told, so that it can be a label. */
export interface KnownNames {
  /** `answered` is the model that the response names: the target, where the decision chose none. */
  readonly decision: (names: DecidedNames, answered: string | undefined) => Decided;
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

/** The names in a pool's rules. */
interface RuleNames {
  readonly targets: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/**
 * Creates what keeps entries from making up label values without bound. Names that this process knows always
 * pass; of others only the first thousand of a kind do, so no stranger can crowd out a real name.
 */
export function createKnownNames({ snapshot, load }: Knowledge): KnownNames {
  const others = {
    pool: new Set<string>(),
    target: new Set<string>(),
    group: new Set<string>(),
    endpoint: new Set<string>(),
  };
  const namesOf = new WeakMap<Pool, RuleNames>();

  function capped(kind: keyof typeof others, name: string): string {
    const seen = others[kind];
    if (seen.has(name)) return name;
    if (seen.size >= MAX_OTHERS) return OTHER;
    seen.add(name);
    return name;
  }

  function known(pool: Pool | undefined): RuleNames | undefined {
    if (pool === undefined) return undefined;
    const cached = namesOf.get(pool);
    if (cached !== undefined) return cached;
    const names = ruleNames(pool);
    namesOf.set(pool, names);
    return names;
  }

  function poolOf(key: string): Pool | undefined {
    const pools: ReadonlyMap<string, Pool> = snapshot().pools;
    return pools.get(key);
  }

  function endpoint(pool: Pool | undefined, address: string): string {
    const addresses: ReadonlyMap<string, unknown> | undefined = pool?.byAddress;
    return addresses?.has(address) === true ? address : capped('endpoint', address);
  }

  /** As `nameLabels` gives them where the request was decided. */
  function modelLabel({ model, route }: DecidedNames, pool: Pool | undefined): string {
    if (model === undefined) return '';
    const rules: ReadonlyMap<string, unknown> | undefined = pool?.rules;
    const served =
      route === 'direct' && pool?.endpoints.some(({ slot }) => load.models[slot]?.has(model)) === true;
    return served || rules?.has(model) === true ? model : OTHER;
  }

  function targetLabel(target: string | undefined, pool: Pool | undefined): string {
    if (target === undefined || known(pool)?.targets.has(target)) return target ?? '';
    return capped('target', target);
  }

  /** Where a request is picked for by its headers, the target is chosen after its decision was told. */
  function knownTarget(name: string | undefined, pool: Pool | undefined): string | undefined {
    return name !== undefined && known(pool)?.targets.has(name) ? name : undefined;
  }

  function group(name: string | undefined, pool: Pool | undefined): string | undefined {
    return name === undefined || known(pool)?.groups.has(name) ? name : capped('group', name);
  }

  return {
    decision: (names, answered) => {
      const pool = poolOf(names.pool);
      const model = modelLabel(names, pool);
      const target = names.target ?? knownTarget(answered, pool);
      return {
        ...names,
        pool: pool === undefined ? capped('pool', names.pool) : names.pool,
        target,
        group: group(names.group, pool),
        modelLabel: model,
        // A direct request's target is its model name, so it is no safer a label.
        targetLabel: names.route === 'direct' ? model : targetLabel(target, pool),
        endpoint: endpoint(pool, names.endpoint),
      };
    },
    endpoint: (pool, address) => endpoint(poolOf(pool), address),
  };
}

function ruleNames({ rules, anyRule }: Pool): RuleNames {
  const all = anyRule === undefined ? [...rules.values()] : [...rules.values(), anyRule];
  const targets = all.flatMap((rule) => (rule.kind === 'weighted' ? rule.targets : []));
  return {
    targets: new Set(targets.map(({ name }) => name)),
    groups: new Set(targets.map((target) => target.group)),
  };
}
