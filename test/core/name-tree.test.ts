import { expect, test } from 'vitest';
import { createNameTree } from '../../src/core/name-tree.ts';

test('finds a leaf by all of its names, which may be absent', () => {
  const tree = createNameTree<number>();
  tree.put({ pool: 'a', model: 'm', target: 't' }, 1);
  tree.put({ pool: 'a', model: undefined, target: undefined }, 2);
  tree.put({ pool: 'a', model: 'm', target: 't' }, 3);
  expect(tree.find('a', 'm', 't')).toBe(3);
  expect(tree.find('a', undefined, undefined)).toBe(2);
  expect([tree.find('b', 'm', 't'), tree.find('a', 'm', undefined)]).toEqual([undefined, undefined]);
  tree.clear();
  expect(tree.find('a', 'm', 't')).toBeUndefined();
});
