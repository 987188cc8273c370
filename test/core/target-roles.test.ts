import { describe, expect, test } from 'vitest';
import type { Role, WeightedTarget } from '../../src/core/policy.ts';
import { withRoles } from '../../src/core/target-roles.ts';
import { weights } from './objects.ts';

function marked(
  byName: Readonly<Record<string, number>>,
  marks: Readonly<Record<string, { readonly role?: Role; readonly group?: string }>> = {},
): readonly string[] {
  const targets = weights(byName).map((target): WeightedTarget => ({ ...target, ...marks[target.name] }));
  return withRoles(targets).map(({ name, role, group }) => `${name} ${role} ${group}`);
}

describe('the role of a target', () => {
  test('is stable for the greatest weight, and canary for all others', () => {
    expect(marked({ a: 10, b: 90, c: 0 })).toEqual(['a canary canary', 'b stable stable', 'c canary canary']);
  });

  test('is stable for the first of equal weights, of zeros too', () => {
    expect(marked({ a: 0, b: 0 })).toEqual(['a stable stable', 'b canary canary']);
  });

  test('is what the object says, whatever the weights', () => {
    expect(marked({ a: 1, b: 99 }, { a: { role: 'stable' } })).toEqual([
      'a stable stable',
      'b canary canary',
    ]);
    expect(marked({ a: 1, b: 99 }, { b: { role: 'canary' } })).toEqual([
      'a stable stable',
      'b canary canary',
    ]);
  });

  test('may be stable twice', () => {
    expect(marked({ a: 1, b: 1 }, { a: { role: 'stable' }, b: { role: 'stable' } })).toEqual([
      'a stable stable',
      'b stable stable',
    ]);
  });
});

test('the group of a target is what the object says, or its role', () => {
  expect(marked({ a: 9, b: 1, c: 1 }, { b: { group: 'v2' } })).toEqual([
    'a stable stable',
    'b canary v2',
    'c canary canary',
  ]);
});
