import { describe, expect, test } from 'vitest';
import { objectOf, problemsOf } from './translating.ts';

const HEAD = `apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: InferenceModel
metadata:
  name: sample
spec:
  modelName: lora-request
  poolRef:
    name: pool
`;

function targets(...entries: readonly string[]): string {
  return `${HEAD}  targetModels:\n${entries.map((entry) => `  - ${entry}\n`).join('')}`;
}

function weightsOf(text: string) {
  const object = objectOf(text);
  return object.kind === 'model' ? object.targets.map(({ name, weight }) => [name, weight]) : object;
}

describe('InferenceModel', () => {
  test.each(['v1alpha1', 'v1alpha2'])('of %s becomes a model with its targets and weights', (version) => {
    const text = targets('{ name: sql-lora, weight: 90 }', '{ name: sql-lora-2, weight: 10 }');
    expect(objectOf(text.replace('v1alpha1', version))).toEqual({
      kind: 'model',
      meta: {
        kind: 'InferenceModel',
        namespace: 'default',
        name: 'sample',
        createdAtMs: undefined,
        place: { source: 'm.yaml', line: 1, column: 1 },
      },
      pool: 'default/pool',
      modelName: 'lora-request',
      criticality: 'Standard',
      targets: [
        { name: 'sql-lora', weight: 90 },
        { name: 'sql-lora-2', weight: 10 },
      ],
    });
  });

  test('refers to a pool of its own namespace, with or without group and kind', () => {
    const text = HEAD.replace('name: sample', 'name: sample\n  namespace: llm').replace(
      '    name: pool',
      '    group: inference.networking.x-k8s.io\n    kind: InferencePool\n    name: pool',
    );
    expect(objectOf(text)).toMatchObject({ kind: 'model', pool: 'llm/pool' });
  });

  test('without targets keeps none, so that its name is served as it is', () => {
    expect(weightsOf(`${HEAD}  criticality: Sheddable\n`)).toEqual([]);
    expect(objectOf(`${HEAD}  criticality: Sheddable\n`)).toMatchObject({ criticality: 'Sheddable' });
  });

  test('without weights is uniform', () => {
    expect(weightsOf(targets('name: a', 'name: b', 'name: c'))).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
  });

  test('may have weights of 0 in either version, all of them 0 too', () => {
    const text = targets('{ name: a, weight: 0 }', '{ name: b, weight: 0 }');
    for (const version of ['v1alpha1', 'v1alpha2']) {
      expect(weightsOf(text.replace('v1alpha1', version))).toEqual([
        ['a', 0],
        ['b', 0],
      ]);
    }
  });

  test('may have weights whose sum is beyond 2^31', () => {
    expect(weightsOf(targets('{ name: a, weight: 2147483647 }', '{ name: b, weight: 2147483647 }'))).toEqual([
      ['a', 2_147_483_647],
      ['b', 2_147_483_647],
    ]);
  });

  test('with weights on some targets is refused with file, line, column and field of each without', () => {
    const text = targets('{ name: a, weight: 5 }', 'name: b', 'name: c');
    const message = 'is missing, but other targets of this list have one: give all of them a weight, or none';
    expect(problemsOf(text)).toEqual([
      `m.yaml:11:5: spec.targetModels[1].weight: ${message}`,
      `m.yaml:12:5: spec.targetModels[2].weight: ${message}`,
    ]);
  });

  test.each([
    ['-1', 'must be at least 0'],
    ['2147483648', 'must be at most 2147483647'],
    ['1.5', 'must be an integer, not 1.5'],
    ['"10"', 'must be an integer, not "10"'],
    ['', 'must be an integer, not empty'],
    ['.nan', 'must be an integer, not NaN'],
  ])('with the weight %s is refused', (weight, message) => {
    const text = targets(`name: a\n    weight: ${weight}`);
    expect(problemsOf(text)).toEqual([`m.yaml:11:5: spec.targetModels[0].weight: ${message}`]);
  });

  test('with a target twice is refused', () => {
    expect(problemsOf(targets('name: a', 'name: a'))).toEqual([
      'm.yaml:11:5: spec.targetModels[1].name: is a target twice in this list',
    ]);
  });

  test('takes more targets than the CRD, up to 100', () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `name: t${index}`);
    expect(weightsOf(targets(...names(100)))).toHaveLength(100);
    expect(problemsOf(targets(...names(101)))).toEqual([
      'm.yaml:9:3: spec.targetModels: must have at most 100 entries',
    ]);
  });

  test('with a mistyped field is refused, since an ignored weight would change the split', () => {
    expect(problemsOf(targets('{ name: a, weigth: 5 }'))).toEqual([
      'm.yaml:10:16: spec.targetModels[0].weigth: unknown field',
    ]);
  });

  test('with several faults names all of them', () => {
    const text = HEAD.replace('lora-request', '""').replace('name: pool', 'kind: Service');
    expect(problemsOf(`${text}  criticality: High\n`)).toEqual([
      'm.yaml:6:3: spec.modelName: must not be empty',
      'm.yaml:9:3: spec.criticality: must be Critical or Standard or Sheddable, not "High"',
      'm.yaml:8:5: spec.poolRef.kind: must be InferencePool, not "Service"',
      'm.yaml:7:3: spec.poolRef.name: is required',
    ]);
  });

  test('with a pool reference of a strange group is refused', () => {
    expect(problemsOf(HEAD.replace('name: pool', 'name: pool\n    group: apps'))).toEqual([
      'm.yaml:9:5: spec.poolRef.group: must be inference.networking.x-k8s.io or inference.networking.k8s.io, not "apps"',
    ]);
  });
});
