import { describe, expect, test } from 'vitest';
import type { RouteKind } from '../../src/core/decision.ts';
import { nameLabels } from '../../src/core/name-labels.ts';
import { modelName, targetName } from '../../src/core/names.ts';
import { model, POOL, weights } from './objects.ts';
import { endpoint, loadView, snapshotOf } from './pods.ts';

const LORA = model('lora', 'lora-request', { targets: weights({ a: 9, b: 1 }) });
const LOAD = loadView({ models: ['a', 'b'] }, { models: undefined });

/** The two labels of a request whose pod, the first of two unless told otherwise, has told that it serves a and b. */
function labels(route: RouteKind, name?: string, target?: string, slot = 0): readonly string[] {
  const pool = snapshotOf(2, [LORA]).pools.get(POOL);
  if (pool === undefined) throw new Error('no pool');
  const model = name === undefined ? undefined : modelName(name);
  const served = target === undefined ? undefined : targetName(target);
  const { modelLabel, targetLabel } = nameLabels(
    { pool, model, route, target: served, endpoint: endpoint(slot) },
    LOAD,
  );
  return [modelLabel, targetLabel];
}

describe('nameLabels', () => {
  test('are the names that an object or the pod knows', () => {
    expect(labels('weighted', 'lora-request', 'a')).toEqual(['lora-request', 'a']);
    expect(labels('weighted', 'lora-request', 'b')).toEqual(['lora-request', 'b']);
    expect(labels('direct', 'a', 'a')).toEqual(['a', 'a']);
    expect(labels('headers')).toEqual(['', '']);
  });

  test('are other for what clients invent', () => {
    expect(labels('passthrough', 'made-up')).toEqual(['other', '']);
    expect(labels('direct', 'made-up', 'made-up', 1)).toEqual(['other', 'other']);
    expect(labels('weighted', 'made-up', 'a')).toEqual(['other', 'a']);
  });
});
