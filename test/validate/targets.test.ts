import { describe, expect, test } from 'vitest';
import { all, faultsOf, MODEL, POOL } from './validating.ts';

describe('weights', () => {
  test('above what a cluster takes are errors, and so are too many targets', async () => {
    const many = Array.from({ length: 11 }, (_, index) => `{ name: t${index} }`).join(', ');
    const texts = [
      POOL,
      MODEL('x').replace('weight: 1', 'weight: 1000001'),
      MODEL('y').replace('modelName: m', 'modelName: n').replace('{ name: a, weight: 1 }', many),
    ];
    expect(await faultsOf(all(...texts))).toEqual([
      1,
      'a.yaml:9:74: spec.targetModels[0].weight: must be at most 1000000 in a cluster',
      'a.yaml:14:48: spec.targetModels: must have at most 10 entries in a cluster',
    ]);
  });

  test('that are all 0 are worth a note', async () => {
    expect(await faultsOf(all(POOL, MODEL('x').replace('weight: 1', 'weight: 0')))).toEqual([
      0,
      'a.yaml:9:48: spec.targetModels: note: every weight is 0, so requests are refused with 503',
    ]);
  });
});
