import { expect, test } from 'vitest';
import { modelName } from '../../src/core/names.ts';
import type { PolicyObject } from '../../src/core/policy.ts';
import { chooseTarget } from '../../src/core/route.ts';
import { createStore } from '../../src/state/store.ts';
import { at, member, model, POOL, pool, rewrite, weights } from '../core/objects.ts';

/** Objects as a cluster gives them to every replica; three of them claim one name. */
const POLICY: readonly PolicyObject[] = [
  pool('pool'),
  model('m', 'lora', { targets: weights({ a: 70, b: 20, c: 10 }), createdAtMs: 2, place: at('m', 0) }),
  model('n', 'lora', { targets: weights({ x: 1 }), createdAtMs: 2, place: at('n', 0) }),
  rewrite('r', [[['lora'], { y: 1 }]], { createdAtMs: 3, place: at('r', 0) }),
];

/** The target that a replica gives each of a thousand keys, by the number in [0, 1) that a key becomes. */
function targetsOf(
  objects: readonly PolicyObject[],
  ips: readonly string[],
): readonly (string | undefined)[] {
  const store = createStore({ poolName: undefined, onSlotFreed: () => undefined });
  store.publishMembers(
    'kubernetes',
    ips.map((ip) => member(ip, { labels: new Map([['app', 'pool']]) })),
  );
  store.publishPolicy('kubernetes', objects);
  const rule = store.current().pools.get(POOL)?.rules.get(modelName('lora'));
  if (rule?.kind !== 'weighted') throw new Error('no rule');
  return Array.from({ length: 1_000 }, (_, roll) => chooseTarget(rule, roll / 1_000)?.name);
}

test('two replicas give a key the same target, in whatever order they read and whatever pods they know', () => {
  const one = targetsOf(POLICY, ['10.0.0.1', '10.0.0.2']);
  expect(targetsOf(POLICY.toReversed(), ['10.0.0.9'])).toEqual(one);
  const counts = ['a', 'b', 'c'].map((name) => one.filter((target) => target === name).length);
  expect(counts).toEqual([700, 200, 100]);
});
