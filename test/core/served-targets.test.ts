import { expect, test } from 'vitest';
import { servedTargets } from '../../src/core/served-targets.ts';
import { createLoadTable } from '../../src/state/load-table.ts';
import { createStore } from '../../src/state/store.ts';
import { member, POOL, pool } from './objects.ts';

test('a pool serves what its pods have told, as far as they can be reached', () => {
  const store = createStore({ poolName: undefined, onSlotFreed: () => undefined });
  store.publishPolicy('test', [pool('pool', { selector: new Map() })]);
  const members = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((ip) => member(ip, { labels: new Map() }));
  store.publishMembers('test', members);
  const table = createLoadTable();
  const served = () => {
    const found = store.current().pools.get(POOL);
    return found === undefined ? undefined : servedTargets(found, table);
  };
  expect(served()).toEqual({ pods: 3, names: new Set(), untold: true });
  table.setModels(
    0,
    new Map([
      ['base', 'base'],
      ['a', 'adapter'],
    ]),
  );
  table.setModels(1, new Map([['b', 'adapter']]));
  table.setModels(2, new Map([['c', 'adapter']]));
  table.setFreshness(2, 'dead');
  expect(served()).toEqual({ pods: 2, names: new Set(['base', 'a', 'b']), untold: false });
});
