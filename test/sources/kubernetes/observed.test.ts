import { expect, test } from 'vitest';
import { readObserved } from '../../../src/sources/kubernetes/observed.ts';

const METADATA = { namespace: 'llm', name: 'm', uid: 'u', resourceVersion: '7' };
const OBJECT = { apiVersion: 'g/v1', kind: 'K', metadata: { ...METADATA, generation: 2 } };
const CONDITION = {
  ...{ type: 'Ready', status: 'Unknown', reason: 'Pending', message: 'waiting' },
  lastTransitionTime: '1970-01-01T00:00:00Z',
};

test('an object says its version, its generation and its conditions', () => {
  const observed = { apiVersion: 'g/v1', kind: 'K', ...METADATA, generation: 2 };
  expect(readObserved(OBJECT)).toEqual({ ...observed, conditions: [] });
  expect(readObserved({ ...OBJECT, status: { conditions: [CONDITION] } })).toEqual({
    ...observed,
    conditions: [CONDITION],
  });
});

test('a status that cannot be read is none, and an object without a version is none', () => {
  for (const status of ['broken', { conditions: 'broken' }, { conditions: [{ type: 'x' }] }]) {
    expect(readObserved({ ...OBJECT, status })?.conditions).toEqual([]);
  }
  expect(readObserved({ ...OBJECT, metadata: { name: 'm' } })).toBe(undefined);
  expect(readObserved('broken')).toBe(undefined);
});
