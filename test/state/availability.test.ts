import { describe, expect, it } from 'vitest';
import type { MissingPolicy } from '../../src/core/missing-targets.ts';
import { modelName } from '../../src/core/names.ts';
import { createAvailability } from '../../src/state/availability.ts';
import { createLoadTable } from '../../src/state/load-table.ts';
import { createStore } from '../../src/state/store.ts';
import { member, model, POOL, pool, weights } from '../core/objects.ts';

const serving = (...names: readonly string[]) => new Map(names.map((name) => [name, 'adapter'] as const));

/** One pod and a rule for `m` with the targets `a` and `b`; the clock goes on by a second with each look. */
function start() {
  const policy: MissingPolicy = { kind: 'redistribute' };
  const store = createStore({ poolName: undefined, missingPolicy: policy, onSlotFreed: () => undefined });
  store.publishPolicy('test', [
    pool('pool', { selector: new Map() }),
    model('x', 'm', { targets: weights({ a: 1, b: 1 }) }),
  ]);
  store.publishMembers('test', [member('10.0.0.1', { labels: new Map() })]);
  const table = createLoadTable();
  const heard: string[] = [];
  let second = 0;
  const availability = createAvailability({
    store,
    load: table,
    policy,
    observer: {
      missing: (targets) => heard.push(`missing: ${targets.map(({ target }) => target)}`),
      gone: ({ target }) => heard.push(`gone: ${target}`),
      back: ({ target }) => heard.push(`back: ${target}`),
    },
    date: () => {
      second += 1;
      return second * 1000;
    },
  });
  const inForce = () => {
    const rule = store.current().pools.get(POOL)?.rules.get(modelName('m'));
    if (rule?.kind !== 'weighted') throw new Error('no rule');
    return rule.targets.map(({ name, effective, sinceMs }) => [name, effective, sinceMs]);
  };
  return { store, table, availability, heard, inForce };
}

describe('createAvailability', () => {
  it('takes a target out while no pod serves it, and back in, and tells both', () => {
    const { table, availability, heard, inForce } = start();
    table.setModels(0, serving('a'));
    availability.check();
    expect(inForce()).toEqual([
      ['a', 1, undefined],
      ['b', 0, 1000],
    ]);
    table.setModels(0, serving('a', 'b'));
    availability.check();
    expect(inForce()).toEqual([
      ['a', 1, undefined],
      ['b', 1, undefined],
    ]);
    expect(heard).toEqual(['gone: b', 'missing: b', 'back: b', 'missing: ']);
  });

  it('makes no snapshot unless something has changed, and keeps the time of the first look', () => {
    const { store, table, availability, inForce } = start();
    availability.check();
    expect(store.current().version).toBe(2);
    table.setModels(0, serving('a'));
    availability.check();
    availability.check();
    expect(store.current().version).toBe(3);
    table.setModels(0, serving());
    availability.check();
    expect(inForce()).toEqual([
      ['a', 1, 2000],
      ['b', 1, 1000],
    ]);
  });

  it('leaves all weights alone before the pods have told their models', () => {
    const { table, availability, heard } = start();
    table.setFreshness(0, 'fresh');
    availability.check();
    expect(heard).toEqual([]);
  });

  it('may be asked to look again by the very snapshot that it makes', () => {
    const { store, table, availability, heard } = start();
    store.subscribe(availability.check);
    table.setModels(0, serving('a'));
    availability.check();
    expect(heard).toEqual(['gone: b', 'missing: b']);
  });
});
