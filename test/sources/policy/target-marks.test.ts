import { describe, expect, test } from 'vitest';
import { objectOf, problemsOf } from './translating.ts';

/** A model with the targets a and b, and a rewrite with one rule for a and b and one for b and c. */
function model(...annotations: readonly string[]): string {
  return `apiVersion: inference.networking.x-k8s.io/v1alpha2
kind: InferenceModel
metadata:
  name: sample
  annotations:
    team: search
${annotations.map((line) => `    ${line}\n`).join('')}spec:
  modelName: lora-request
  poolRef: { name: pool }
  targetModels: [{ name: a, weight: 10 }, { name: b, weight: 90 }]
`;
}

function rewrite(annotation: string): string {
  return `apiVersion: llm-d.ai/v1alpha2
kind: InferenceModelRewrite
metadata:
  name: sample
  annotations: { ${annotation} }
spec:
  poolRef: { name: pool }
  rules:
  - matches: [{ model: { value: one } }]
    targets: [{ modelRewrite: a, weight: 1 }, { modelRewrite: b, weight: 9 }]
  - targets: [{ modelRewrite: b, weight: 1 }, { modelRewrite: c, weight: 9 }]
`;
}

describe('the annotations of an InferenceModel', () => {
  test('give its targets roles and groups', () => {
    const text = model('serin.dev/roles: a=stable, b=canary', 'serin.dev/groups: b=v2');
    expect(objectOf(text)).toMatchObject({
      targets: [
        { name: 'a', weight: 10, role: 'stable' },
        { name: 'b', weight: 90, role: 'canary', group: 'v2' },
      ],
    });
  });

  test('may be absent, and those of others are none of its business', () => {
    const targets = [
      { name: 'a', weight: 10 },
      { name: 'b', weight: 90 },
    ];
    expect(objectOf(model())).toMatchObject({ targets });
    const bare = model().replace('    team: search\n', '');
    expect(objectOf(bare)).toMatchObject({ targets });
  });

  test.each([
    ['roles: a=green', 'has the role "green", but a role is stable or canary'],
    ['roles: sql-lora=stable', 'names "sql-lora", which is no target of this object'],
    ['roles: a=stable, a=canary', 'names "a" twice'],
    ['roles: stable', 'must be target=value, … and not "stable"'],
    ['roles: a=canary, b=canary', 'makes canaries of all of a, b: one has to be stable'],
    ['roles: [a]', 'must be a string, not a list'],
    ['groups: a=', 'has the group "", but a group is at most 63 letters, digits, "-", "_" and "."'],
    ['groups: c=v2', 'names "c", which is no target of this object'],
  ])('with serin.dev/%s are refused with file, line and column', (annotation, message) => {
    const key = `serin.dev/${annotation.slice(0, annotation.indexOf(':'))}`;
    expect(problemsOf(model(`serin.dev/${annotation}`))).toEqual([
      `m.yaml:7:5: metadata.annotations.${key}: ${message}`,
    ]);
  });
});

describe('the annotations of an InferenceModelRewrite', () => {
  test('give a target of several rules its role in each', () => {
    expect(objectOf(rewrite('serin.dev/roles: "b=stable"'))).toMatchObject({
      rules: [
        { targets: [{ name: 'a' }, { name: 'b', role: 'stable' }] },
        { targets: [{ name: 'b', role: 'stable' }, { name: 'c' }] },
      ],
    });
  });

  test('may not leave a rule without a stable target', () => {
    expect(problemsOf(rewrite('serin.dev/roles: "b=canary,c=canary"'))).toEqual([
      'm.yaml:5:18: metadata.annotations.serin.dev/roles: makes canaries of all of b, c: one has to be stable',
    ]);
  });
});
