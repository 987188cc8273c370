import { describe, expect, test } from 'vitest';
import { objectOf, problemsOf } from './translating.ts';

const text = (priority: string, apiVersion = 'llm-d.ai/v1alpha2') => `apiVersion: ${apiVersion}
kind: InferenceObjective
metadata:
  name: batch
spec:
  poolRef: { group: inference.networking.k8s.io, name: pool }
${priority}`;

describe('InferenceObjective', () => {
  test.each(['llm-d.ai/v1alpha2', 'inference.networking.x-k8s.io/v1alpha2'])(
    'of %s has a priority',
    (apiVersion) => {
      expect(objectOf(text('  priority: -5\n', apiVersion))).toEqual({
        kind: 'objective',
        meta: expect.objectContaining({ kind: 'InferenceObjective', name: 'batch' }),
        pool: 'default/pool',
        priority: -5,
      });
    },
  );

  test('without a priority has 0', () => {
    expect(objectOf(text(''))).toMatchObject({ priority: 0 });
  });

  test('with a priority that is no 32-bit integer is refused', () => {
    expect(problemsOf(text('  priority: 2147483648\n'))).toEqual([
      'm.yaml:7:3: spec.priority: must be at most 2147483647',
    ]);
  });
});
