import { describe, expect, test } from 'vitest';
import { byPrecedence } from '../../src/core/precedence.ts';
import { at, meta } from './objects.ts';

const names = (objects: readonly { readonly name: string }[]) => objects.map(({ name }) => name);

describe('byPrecedence', () => {
  test('puts the oldest object first, wherever it was read', () => {
    const young = meta('M', 'young', { createdAtMs: 2000, place: at('a.yaml', 1) });
    const old = meta('M', 'old', { createdAtMs: 1000, place: at('b.yaml', 9) });
    expect(names([young, old].sort(byPrecedence))).toEqual(['old', 'young']);
  });

  test('puts objects with a timestamp before objects without', () => {
    const undated = meta('M', 'undated', { place: at('a.yaml', 1) });
    const dated = meta('M', 'dated', { createdAtMs: 2000, place: at('b.yaml', 9) });
    expect(names([undated, dated].sort(byPrecedence))).toEqual(['dated', 'undated']);
    expect(names([dated, undated].sort(byPrecedence))).toEqual(['dated', 'undated']);
  });

  test('orders objects without a timestamp by path and then by their order in the document', () => {
    const objects = [
      meta('M', 'a', { place: at('b.yaml', 1) }),
      meta('M', 'b', { place: at('a.yaml', 10) }),
      meta('M', 'c', { place: at('a.yaml', 9, 7) }),
      meta('M', 'd', { place: at('a.yaml', 9, 3) }),
    ];
    expect(names(objects.sort(byPrecedence))).toEqual(['d', 'c', 'b', 'a']);
  });

  test('breaks ties of equal timestamps by namespace and name, not by place', () => {
    const objects = [
      meta('M', 'b', { createdAtMs: 1000, namespace: 'one', place: at('a.yaml', 1) }),
      meta('M', 'a', { createdAtMs: 1000, namespace: 'two', place: at('b.yaml', 1) }),
      meta('M', 'a', { createdAtMs: 1000, namespace: 'one', place: at('c.yaml', 1) }),
    ];
    const sorted = objects.sort(byPrecedence).map(({ namespace, name }) => `${namespace}/${name}`);
    expect(sorted).toEqual(['one/a', 'one/b', 'two/a']);
  });
});
