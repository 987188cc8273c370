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

/**
 * Combinations with a name that is in no snapshot: of a replica that is ahead or behind, or made up by whoever can
 * connect. It is combinations that count, since each of them would be a series.
 */
const MAX_OTHERS = 1000;

/** The names in a pool's rules. */
interface RuleNames {
  readonly targets: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/**
 * Creates what keeps entries from making up label values without bound. Names that this process knows always
 * pass; combinations with others do only a thousand times, so no stranger can crowd out a real name.
 */
export function createKnownNames({ snapshot, load }: Knowledge): KnownNames {
  const others = new Set<string>();
  const namesOf = new WeakMap<Pool, RuleNames>();

  function ruleNamesOf(pool: Pool | undefined): RuleNames {
    if (pool === undefined) return NO_NAMES;
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

  /** As `nameLabels` gives it where the request was decided. */
  function modelLabel({ model, route }: DecidedNames, pool: Pool | undefined): string {
    if (model === undefined) return '';
    const rules: ReadonlyMap<string, unknown> | undefined = pool?.rules;
    const served =
      route === 'direct' && pool?.endpoints.some(({ slot }) => load.models[slot]?.has(model)) === true;
    return served || rules?.has(model) === true ? model : OTHER;
  }

  /** The decision with `other` for each name that is not known. */
  function knownPart(told: Decided, pool: Pool | undefined): Decided {
    const { targets, groups } = ruleNamesOf(pool);
    const { targetLabel, group, modelLabel: model } = told;
    return {
      ...told,
      pool: pool === undefined ? OTHER : told.pool,
      targetLabel:
        targetLabel === '' || targetLabel === model || targets.has(targetLabel) ? targetLabel : OTHER,
      group: group === undefined || groups.has(group) ? group : OTHER,
      endpoint: hasEndpoint(pool, told.endpoint) ? told.endpoint : OTHER,
    };
  }

  function allowed(key: string): boolean {
    if (others.has(key)) return true;
    if (others.size >= MAX_OTHERS) return false;
    others.add(key);
    return true;
  }

  return {
    decision: (names, answered) => {
      const pool = poolOf(names.pool);
      const { targets } = ruleNamesOf(pool);
      // Where a request is picked for by its headers, the target is chosen after its decision was told.
      const target = names.target ?? (answered !== undefined && targets.has(answered) ? answered : undefined);
      const model = modelLabel(names, pool);
      // A direct request's target is its model name, so it is no safer a label.
      const targetLabel = names.route === 'direct' ? model : (target ?? '');
      const told = { ...names, target, modelLabel: model, targetLabel };
      const known = knownPart(told, pool);
      return keyOf(known) === keyOf(told) || allowed(keyOf(told)) ? told : known;
    },
    endpoint: (pool, address) => (hasEndpoint(poolOf(pool), address) || allowed(address) ? address : OTHER),
  };
}

const NO_NAMES: RuleNames = { targets: new Set(), groups: new Set() };

function keyOf({ pool, route, modelLabel, targetLabel, role, group, endpoint }: Decided): string {
  return [pool, route, modelLabel, targetLabel, role, group, endpoint].join('\0');
}

function hasEndpoint(pool: Pool | undefined, address: string): boolean {
  const addresses: ReadonlyMap<string, unknown> | undefined = pool?.byAddress;
  return addresses?.has(address) === true;
}

function ruleNames({ rules, anyRule }: Pool): RuleNames {
  const all = anyRule === undefined ? [...rules.values()] : [...rules.values(), anyRule];
  const targets = all.flatMap((rule) => (rule.kind === 'weighted' ? rule.targets : []));
  return {
    targets: new Set(targets.map(({ name }) => name)),
    groups: new Set(targets.map((target) => target.group)),
  };
}
