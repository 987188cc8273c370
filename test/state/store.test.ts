import { describe, expect, test } from 'vitest';
import type { Member } from '../../src/core/members.ts';
import { modelName, poolKey, targetName } from '../../src/core/names.ts';
import { overlayKey } from '../../src/core/overlay.ts';
import type { ModelObject, PoolObject } from '../../src/core/policy.ts';
import type { Snapshot } from '../../src/core/snapshot.ts';
import { createStore } from '../../src/state/store.ts';

const KEY = poolKey('default', 'pool');
const NAME = modelName('lora-request');

const meta = (kind: string, name: string, line: number) => ({
  kind,
  namespace: 'default',
  name,
  createdAtMs: undefined,
  place: { source: 'm.yaml', line, column: 1 },
});

const POOL: PoolObject = {
  kind: 'pool',
  meta: meta('InferencePool', 'pool', 1),
  key: KEY,
  selector: new Map(),
  ports: [8000],
  picker: undefined,
};

function model(name: string, line: number, target: string): ModelObject {
  return {
    kind: 'model',
    meta: meta('InferenceModel', name, line),
    pool: KEY,
    modelName: NAME,
    criticality: 'Standard',
    targets: [{ name: targetName(target), weight: 1 }],
  };
}

const member = (last: number): Member => ({
  name: `pod-${last}`,
  ip: `10.0.0.${last}`,
  port: 8000,
  labels: undefined,
  namespace: undefined,
});

function createTestStore() {
  const freed: number[] = [];
  const store = createStore({ poolName: undefined, onSlotFreed: (slot) => freed.push(slot) });
  return { store, freed };
}

function slotsOf(snapshot: Snapshot) {
  return snapshot.pools.get(KEY)?.endpoints.map(({ name, slot }) => [name, slot]);
}

function targetOf(snapshot: Snapshot) {
  const rule = snapshot.pools.get(KEY)?.rules.get(NAME);
  return rule?.kind === 'weighted' ? rule.targets.map((target) => target.name) : rule;
}

describe('createStore', () => {
  test('starts with an empty snapshot', () => {
    const { store } = createTestStore();
    expect(store.current()).toMatchObject({ version: 0, pools: new Map(), defaultPool: undefined });
    expect(store.conflicts()).toEqual([]);
  });

  test('makes one snapshot of the slices of all sources, and replaces a slice whole', () => {
    const { store } = createTestStore();
    store.publishPolicy('pools', [POOL]);
    store.publishPolicy('models', [model('one', 2, 'sql-lora')]);
    store.publishMembers('list', [member(1)]);
    store.publishMembers('dns', [member(2)]);
    expect(slotsOf(store.current())).toEqual([
      ['pod-1', 0],
      ['pod-2', 1],
    ]);
    expect(targetOf(store.current())).toEqual(['sql-lora']);
    store.publishPolicy('models', []);
    store.publishMembers('list', []);
    expect(slotsOf(store.current())).toEqual([['pod-2', 1]]);
    expect(targetOf(store.current())).toBeUndefined();
  });

  test('rebuilds only when a slice changes, with a new version each time', () => {
    const { store } = createTestStore();
    const objects = [POOL];
    store.publishPolicy('manifests', objects);
    const first = store.current();
    store.publishPolicy('manifests', objects);
    expect(store.current()).toBe(first);
    store.publishMembers('list', [member(1)]);
    expect(store.current().version).toBe(first.version + 1);
  });

  test('tells its subscribers of every snapshot until they leave', () => {
    const { store } = createTestStore();
    const heard: Snapshot[] = [];
    const leave = store.subscribe((snapshot) => heard.push(snapshot));
    store.publishPolicy('manifests', [POOL]);
    const first = store.current();
    leave();
    store.publishPolicy('manifests', []);
    expect(heard).toEqual([first]);
  });

  test('lets the loser of a model name take over when the winner goes', () => {
    const { store } = createTestStore();
    const [winner, loser] = [model('one', 2, 'sql-lora'), model('two', 9, 'sql-lora-2')];
    store.publishPolicy('manifests', [POOL, loser, winner]);
    expect(targetOf(store.current())).toEqual(['sql-lora']);
    expect(store.conflicts()).toEqual([expect.objectContaining({ winner: winner.meta, loser: loser.meta })]);
    store.publishPolicy('manifests', [POOL, loser]);
    expect(targetOf(store.current())).toEqual(['sql-lora-2']);
    expect(store.conflicts()).toEqual([]);
  });

  test('puts the weights of overlays in force, the later source before the earlier', () => {
    const { store } = createTestStore();
    store.publishPolicy('manifests', [POOL, model('one', 2, 'sql-lora')]);
    const key = overlayKey(KEY, NAME, targetName('sql-lora'));
    store.publishOverlay('rollout', new Map([[key, { effective: 5, reason: 'step 1' }]]));
    store.publishOverlay('operator', new Map([[key, { effective: 0, reason: 'drained' }]]));
    const weights = () => {
      const rule = store.current().pools.get(KEY)?.rules.get(NAME);
      return rule?.kind === 'weighted' ? rule.targets : rule;
    };
    const target = { name: 'sql-lora', wanted: 1, role: 'stable', group: 'stable' };
    expect(weights()).toEqual([{ ...target, effective: 0, reason: 'drained' }]);
    store.publishOverlay('operator', new Map());
    expect(weights()).toEqual([{ ...target, effective: 5, reason: 'step 1' }]);
  });

  test('keeps the slots of those who stay, and tells of a freed slot before another address gets it', () => {
    const { store, freed } = createTestStore();
    store.publishPolicy('manifests', [POOL]);
    store.publishMembers('list', [member(1), member(2)]);
    store.publishMembers('list', [member(2), member(3)]);
    expect(slotsOf(store.current())).toEqual([
      ['pod-2', 1],
      ['pod-3', 2],
    ]);
    expect(freed).toEqual([0]);
    store.publishMembers('list', [member(2), member(3), member(4)]);
    expect(slotsOf(store.current())).toEqual([
      ['pod-2', 1],
      ['pod-3', 2],
      ['pod-4', 0],
    ]);
  });
});
