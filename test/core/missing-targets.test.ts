import { describe, expect, test } from 'vitest';
import { compile } from '../../src/core/compile.ts';
import type { MissingPolicy } from '../../src/core/missing-targets.ts';
import { missingTargets } from '../../src/core/missing-targets.ts';
import { modelName, targetName } from '../../src/core/names.ts';
import { overlayKey } from '../../src/core/overlay.ts';
import type { PolicyObject } from '../../src/core/policy.ts';
import { createSlots } from '../../src/state/slots.ts';
import { model, POOL, pool, rewrite, weights } from './objects.ts';
import { loadView, type PodLoad, poolOf } from './pods.ts';

const REDISTRIBUTE: MissingPolicy = { kind: 'redistribute' };
const FAIL: MissingPolicy = { kind: 'fail' };
const FALLBACK: MissingPolicy = { kind: 'fallback', to: targetName('base') };
const NAME = modelName('m');

describe('missingTargets', () => {
  const OBJECTS = [
    model('x', 'm', { targets: weights({ a: 9, b: 1, c: 0 }) }),
    rewrite('y', [['any', { a: 9, d: 1 }]]),
  ];

  function missing(pods: readonly PodLoad[], policy = REDISTRIBUTE) {
    return missingTargets(poolOf(pods.length, OBJECTS), loadView(...pods), policy).map(
      ({ model: name, target }) => [name ?? '*', target],
    );
  }

  test('are those that no pod serves, whatever their weight, of each rule', () => {
    expect(missing([{ models: ['a'] }, { models: ['a', 'b'] }])).toEqual([
      ['m', 'c'],
      ['*', 'd'],
    ]);
    expect(missing([{ models: ['a'], bases: ['b', 'c', 'd'] }])).toEqual([]);
  });

  test('are none while a pod has not told its models', () => {
    expect(missing([{ models: ['a'] }, { models: undefined }])).toEqual([]);
    expect(missing([{ models: undefined, freshness: 'unknown' }])).toEqual([]);
  });

  test('are none while no pod answers, and none where there are no pods', () => {
    expect(missing([{ models: ['a'], freshness: 'dead' }])).toEqual([]);
    expect(missing([])).toEqual([]);
  });

  test('are those of pods that do not answer, while others do', () => {
    const pods: readonly PodLoad[] = [{ models: ['a', 'c', 'd'] }, { models: ['b'], freshness: 'dead' }];
    expect(missing(pods)).toEqual([['m', 'b']]);
  });

  test('do not wait for the models of a pod that does not answer', () => {
    expect(missing([{ models: ['a', 'c', 'd'] }, { models: undefined, freshness: 'dead' }])).toEqual([
      ['m', 'b'],
    ]);
  });

  test('have the fallback among them if nothing serves it', () => {
    expect(missing([{ models: ['a', 'b', 'c', 'd'] }], FALLBACK)).toEqual([
      ['m', 'base'],
      ['*', 'base'],
    ]);
  });
});

describe('a snapshot with missing targets', () => {
  /** The rule for `m`, whose targets are `a: 8`, `b: 1` and `c: 1`, while some have been missing since second 1. */
  function ruleWithout(
    names: readonly string[],
    policy: MissingPolicy,
    changes: readonly PolicyObject[] = [],
  ) {
    const since = new Map(names.map((name) => [overlayKey(POOL, NAME, targetName(name)), 1000]));
    const { slotOf } = createSlots();
    const given = { members: [], poolName: undefined, version: 1, overlay: new Map(), slotOf };
    const objects = [pool('pool'), model('x', 'm', { targets: weights({ a: 8, b: 1, c: 1 }) }), ...changes];
    const { snapshot } = compile({ ...given, objects, missing: { policy, since } });
    const rule = snapshot.pools.get(POOL)?.rules.get(NAME);
    if (rule?.kind !== 'weighted') throw new Error('no rule');
    return rule;
  }

  function effective(names: readonly string[], policy: MissingPolicy) {
    const { targets, totalWeight } = ruleWithout(names, policy);
    return [...targets.map((target) => `${target.name}: ${target.effective}`), `all: ${totalWeight}`];
  }

  test('has the others share what a missing target would get, and says why and since when', () => {
    const unchanged = { reason: undefined };
    expect(ruleWithout(['b'], REDISTRIBUTE)).toMatchObject({
      targets: [
        { name: 'a', wanted: 8, effective: 8, ...unchanged },
        { name: 'b', wanted: 1, effective: 0, reason: 'no ready pod serves it', sinceMs: 1000 },
        { name: 'c', wanted: 1, effective: 1, ...unchanged },
      ],
      totalWeight: 9,
    });
  });

  test('leaves the weights alone if nobody could take the requests, and says that they fail', () => {
    const reason = 'no ready pod serves it: its requests fail';
    expect(ruleWithout(['a', 'b', 'c'], REDISTRIBUTE)).toMatchObject({
      targets: [
        { name: 'a', effective: 8, reason, sinceMs: 1000 },
        { name: 'b', effective: 1, reason, sinceMs: 1000 },
        { name: 'c', effective: 1, reason, sinceMs: 1000 },
      ],
      totalWeight: 10,
    });
  });

  test('sends the requests of all missing targets to the fallback, which need not be one of the targets', () => {
    expect(effective(['b', 'c'], FALLBACK)).toEqual(['a: 8', 'b: 0', 'c: 0', 'base: 2', 'all: 10']);
    expect(ruleWithout(['b', 'c'], FALLBACK).targets[3]).toEqual({
      name: 'base',
      wanted: 0,
      effective: 2,
      reason: 'stands in for b, c',
      sinceMs: 1000,
      role: 'stable',
      group: 'base',
    });
  });

  test('adds to the weight of a fallback that is one of the targets', () => {
    const policy: MissingPolicy = { kind: 'fallback', to: targetName('a') };
    expect(effective(['b'], policy)).toEqual(['a: 9', 'b: 0', 'c: 1', 'all: 10']);
  });

  test('has the requests fail while the fallback is missing too', () => {
    expect(effective(['b', 'base'], FALLBACK)).toEqual(['a: 8', 'b: 1', 'c: 1', 'all: 10']);
  });

  test('has the requests of a missing target fail if that is wanted, and says so', () => {
    expect(ruleWithout(['b'], FAIL).targets[1]).toEqual({
      name: 'b',
      wanted: 1,
      effective: 1,
      reason: 'no ready pod serves it: its requests fail',
      sinceMs: 1000,
      role: 'canary',
      group: 'canary',
    });
  });

  test('has no stand-in while only targets without a weight are missing', () => {
    const drained = model('older', 'm', { targets: weights({ a: 1, b: 0 }), createdAtMs: 1 });
    expect(ruleWithout(['b'], FALLBACK, [drained]).targets.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});
