import { describe, expect, test } from 'vitest';
import { objectOf, problemsOf } from './translating.ts';

const HEAD = `apiVersion: llm-d.ai/v1alpha2
kind: InferenceModelRewrite
metadata:
  name: canary
spec:
  poolRef: { name: pool }
  rules:
`;

const CANARY = `${HEAD}  - matches: [{ model: { value: sql-lora } }]
    targets:
    - { modelRewrite: sql-lora, weight: 90 }
    - { modelRewrite: sql-lora-2, weight: 10 }
`;

describe('InferenceModelRewrite', () => {
  test.each(['llm-d.ai/v1alpha2', 'inference.networking.x-k8s.io/v1alpha2'])(
    'of %s becomes rules',
    (apiVersion) => {
      expect(objectOf(CANARY.replace('llm-d.ai/v1alpha2', apiVersion))).toEqual({
        kind: 'rewrite',
        meta: expect.objectContaining({ kind: 'InferenceModelRewrite', name: 'canary' }),
        pool: 'default/pool',
        rules: [
          {
            matches: ['sql-lora'],
            targets: [
              { name: 'sql-lora', weight: 90 },
              { name: 'sql-lora-2', weight: 10 },
            ],
          },
        ],
      });
    },
  );

  test('without matches, or with an empty list of them, is for every name', () => {
    const text = `${HEAD}  - targets: [{ modelRewrite: a }]\n  - matches: []\n    targets: [{ modelRewrite: b }]\n`;
    expect(objectOf(text)).toMatchObject({
      rules: [
        { matches: 'any', targets: [{ name: 'a', weight: 1 }] },
        { matches: 'any', targets: [{ name: 'b', weight: 1 }] },
      ],
    });
  });

  test('with weights on some targets is refused', () => {
    expect(problemsOf(CANARY.replace(', weight: 10', ''))).toEqual([
      'm.yaml:11:7: spec.rules[0].targets[1].weight: is missing, but other targets of this list have one: give all of them a weight, or none',
    ]);
  });

  test('without targets, or with a condition that Serin does not know, is refused', () => {
    const text = `${HEAD}  - matches: [{ headers: [] }, { model: { type: Prefix, value: a } }]\n    targets: []\n`;
    expect(problemsOf(text)).toEqual([
      'm.yaml:8:15: spec.rules[0].matches[0].model: is required',
      'm.yaml:8:17: spec.rules[0].matches[0].headers: unknown field',
      'm.yaml:8:43: spec.rules[0].matches[1].model.type: must be Exact, not "Prefix"',
      'm.yaml:9:5: spec.rules[0].targets: must have at least 1 entry',
    ]);
  });
});
