import { describe, expect, test } from 'vitest';
import type { CompileInput } from '../../src/core/compile.ts';
import { compile } from '../../src/core/compile.ts';
import { poolKey } from '../../src/core/names.ts';
import type { PolicyObject } from '../../src/core/policy.ts';
import { createSlots } from '../../src/state/slots.ts';
import { member, model, objective, POOL, pool, rewrite, route, weights } from './objects.ts';

const OTHER = poolKey('default', 'other');

function compiled(objects: readonly PolicyObject[], changes: Partial<CompileInput> = {}) {
  const { slotOf } = createSlots();
  const input = { members: [], poolName: undefined, version: 7, overlay: new Map(), slotOf };
  return compile({ ...input, ...changes, objects });
}

/** The addresses of each pool. */
function addresses(objects: readonly PolicyObject[], changes: Partial<CompileInput>) {
  const { pools } = compiled(objects, changes).snapshot;
  return Object.fromEntries([...pools].map(([key, { byAddress }]) => [key, [...byAddress.keys()]]));
}

const HOSTS = { exact: new Map(), suffixes: [], any: undefined, empty: true };

describe('compile', () => {
  test('makes an empty snapshot of nothing', () => {
    expect(compiled([])).toEqual({
      snapshot: { version: 7, pools: new Map(), hosts: HOSTS, pickers: new Map(), defaultPool: undefined },
      conflicts: [],
    });
  });

  test('makes pools of their objects, members, rules and objectives', () => {
    const lora = model('m', 'lora-request', { targets: weights({ 'sql-lora': 1 }) });
    const endpoint = { slot: 0, address: '10.0.0.1:8000', name: 'pod-10.0.0.1' };
    const rule = {
      kind: 'weighted',
      object: lora.meta,
      criticality: 'Standard',
      targets: [
        { name: 'sql-lora', wanted: 1, effective: 1, reason: undefined, role: 'stable', group: 'stable' },
      ],
      totalWeight: 1,
    };
    const objects = [pool('pool'), lora, objective('batch', -1), route('r', 'test.com', POOL)];
    expect(compiled(objects, { members: [member('10.0.0.1')] })).toEqual({
      snapshot: {
        version: 7,
        pools: new Map([
          [
            POOL,
            {
              key: POOL,
              endpoints: [endpoint],
              byAddress: new Map([['10.0.0.1:8000', endpoint]]),
              rules: new Map([['lora-request', rule]]),
              anyRule: undefined,
              objectives: new Map([['batch', -1]]),
            },
          ],
        ]),
        hosts: { ...HOSTS, exact: new Map([['test.com', POOL]]), empty: false },
        pickers: new Map(),
        defaultPool: POOL,
      },
      conflicts: [],
    });
  });

  test('gives an address the same slot in every pool', () => {
    const labels = new Map([['app', 'vllm']]);
    const selector = labels;
    const { pools } = compiled([pool('pool', { selector }), pool('other', { selector })], {
      members: [member('10.0.0.1', { labels }), member('10.0.0.2', { labels })],
    }).snapshot;
    const slots = [...pools.values()].map(({ endpoints }) => endpoints.map(({ slot }) => slot));
    expect(slots).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  describe('with members without labels', () => {
    const members = [member('10.0.0.1')];

    test('puts them into the only pool', () => {
      expect(addresses([pool('pool')], { members })).toEqual({ [POOL]: ['10.0.0.1:8000'] });
    });

    test('puts them into the named pool of several', () => {
      expect(addresses([pool('pool'), pool('other')], { members, poolName: OTHER })).toEqual({
        [POOL]: [],
        [OTHER]: ['10.0.0.1:8000'],
      });
    });

    test('puts them into none of several pools without a name', () => {
      expect(addresses([pool('pool'), pool('other')], { members })).toEqual({ [POOL]: [], [OTHER]: [] });
    });
  });

  describe('without a pool object', () => {
    const members = [
      member('10.0.0.1', { port: 9000 }),
      member('10.0.0.2', { labels: new Map([['a', 'b']]) }),
    ];
    const both = ['10.0.0.1:9000', '10.0.0.2:8000'];

    test('makes a pool for the members, whatever their labels', () => {
      expect(addresses([], { members })).toEqual({ 'default/default': both });
      expect(compiled([], { members }).snapshot.defaultPool).toBe('default/default');
    });

    test('gives it the name that was asked for', () => {
      expect(addresses([model('m', 'm')], { members, poolName: OTHER })).toEqual({ [OTHER]: both });
    });

    test('gives it the name that all objects refer to', () => {
      const objects = [model('m', 'm'), rewrite('r', [['any', { a: 1 }]]), route('r', 'test.com', POOL)];
      expect(addresses(objects, { members })).toEqual({ [POOL]: both });
      expect(addresses([...objects, route('s', 'x.com', OTHER)], { members })).toEqual({
        'default/default': both,
      });
    });

    test('makes none without members', () => {
      expect(addresses([model('m', 'm')], {})).toEqual({});
    });
  });

  describe('the default pool', () => {
    const key = (objects: readonly PolicyObject[], poolName?: CompileInput['poolName']) =>
      compiled(objects, { poolName }).snapshot.defaultPool;

    test('is the only pool, and none of several', () => {
      expect(key([pool('pool')])).toBe(POOL);
      expect(key([pool('pool'), pool('other')])).toBeUndefined();
    });

    test('is the named pool, whether it is loaded or not', () => {
      expect(key([pool('pool'), pool('other')], OTHER)).toBe(OTHER);
      expect(key([pool('pool')], OTHER)).toBe(OTHER);
    });
  });

  test('keeps the older of two pools of one name, and reports the other', () => {
    const old = pool('pool', { createdAtMs: 1000, ports: [8000] });
    const young = pool('pool', { createdAtMs: 2000, ports: [9000] });
    const members = [member('10.0.0.1')];
    expect(addresses([young, old], { members })).toEqual({ [POOL]: ['10.0.0.1:8000'] });
    expect(compiled([young, old]).conflicts).toEqual([{ model: POOL, winner: old.meta, loser: young.meta }]);
  });

  test('gives a host to the oldest of its routes, and reports the others', () => {
    const old = route('old', 'test.com', POOL, { createdAtMs: 1000 });
    const young = route('young', 'test.com', OTHER, { createdAtMs: 2000 });
    const { snapshot, conflicts } = compiled([pool('pool'), pool('other'), young, old]);
    expect(snapshot.hosts.exact).toEqual(new Map([['test.com', POOL]]));
    expect(conflicts).toEqual([{ model: 'test.com', winner: old.meta, loser: young.meta }]);
  });

  test('reports no conflict between routes that send a host to the same pool', () => {
    expect(compiled([pool('pool'), route('a', 'x', POOL), route('b', 'x', POOL)]).conflicts).toEqual([]);
  });

  test('keeps the older of two objectives of one name, and those of other pools apart', () => {
    const old = objective('o', 1, { createdAtMs: 1000 });
    const young = objective('o', -1, { createdAtMs: 2000 });
    const elsewhere = { ...objective('p', 5), pool: OTHER };
    const { snapshot, conflicts } = compiled([pool('pool'), young, old, elsewhere]);
    expect(snapshot.pools.get(POOL)?.objectives).toEqual(new Map([['o', 1]]));
    expect(conflicts).toEqual([{ model: 'o', winner: old.meta, loser: young.meta }]);
  });

  test('reports the conflicts of every pool', () => {
    const pair = (key: typeof POOL) => [
      model('a', 'm', { pool: key, createdAtMs: 1 }),
      model('b', 'm', { pool: key, createdAtMs: 2 }),
    ];
    const { conflicts } = compiled([pool('pool'), pool('other'), ...pair(POOL), ...pair(OTHER)]);
    expect(conflicts.map(({ winner, loser }) => [winner.name, loser.name])).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });
});
