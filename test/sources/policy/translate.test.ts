import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translate } from '../../../src/sources/policy/translate.ts';
import { objectOf, problemsOf, translateYaml } from './translating.ts';

const POOL = `apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: InferencePool
metadata:
  name: pool
spec: { targetPortNumber: 8000, selector: { app: vllm } }
`;

const MODEL = `apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: InferenceModel
metadata:
  name: model
spec: { modelName: lora-request, poolRef: { name: pool }, targetModels: [{ name: a, weight: -1 }] }
`;

describe('translate', () => {
  test('skips kinds that Serin does not use and kinds of other groups', () => {
    expect(translateYaml('apiVersion: v1\nkind: Service\n')).toEqual({
      kind: 'skipped',
      objectKind: 'Service',
    });
    expect(translateYaml('apiVersion: example.com/v1\nkind: LLMRoute\n')).toEqual({
      kind: 'skipped',
      objectKind: 'LLMRoute',
    });
    expect(translateYaml('endpoints: []\n')).toEqual({ kind: 'skipped', objectKind: 'none' });
  });

  test('refuses a version of a used kind that Serin does not know', () => {
    expect(problemsOf(POOL.replace('v1alpha1', 'v9'))).toEqual([
      'm.yaml:1:1: apiVersion: of InferencePool must be inference.networking.x-k8s.io/v1alpha1 or inference.networking.x-k8s.io/v1alpha2 or inference.networking.k8s.io/v1',
    ]);
  });

  test('refuses what is not an object', () => {
    expect(problemsOf('- a\n')).toEqual(['m.yaml:1:1: must be a Kubernetes object']);
    expect(problemsOf('apiVersion: v1\n')).toEqual(['m.yaml:1:1: kind: must be the name of a kind']);
    expect(problemsOf('kind: InferencePool\n')).toEqual(['m.yaml:1:1: apiVersion: must be group/version']);
    expect(problemsOf(POOL.replace(/spec.*/, ''))).toEqual(['m.yaml:1:1: spec: is required']);
  });

  test('reads namespace and creation time of the metadata', () => {
    const text = POOL.replace(
      'name: pool',
      'name: pool\n  namespace: llm\n  creationTimestamp: "2026-01-31T12:00:00Z"',
    );
    expect(objectOf(text)).toMatchObject({
      key: 'llm/pool',
      meta: { namespace: 'llm', createdAtMs: Date.UTC(2026, 0, 31, 12) },
    });
    expect(objectOf(POOL.replace('name: pool', 'name: pool\n  creationTimestamp: null'))).toMatchObject({
      meta: { createdAtMs: undefined },
    });
  });

  test('refuses metadata without a name, or with one that Kubernetes would not take', () => {
    expect(problemsOf(POOL.replace('  name: pool', '  generateName: pool-'))).toEqual([
      'm.yaml:3:1: metadata.name: is required',
    ]);
    expect(
      problemsOf(POOL.replace('name: pool', 'name: a/b\n  namespace: Ü\n  creationTimestamp: soon')),
    ).toEqual([
      'm.yaml:4:3: metadata.name: must be lower case letters, digits, "-" and "."',
      'm.yaml:5:3: metadata.namespace: must be lower case letters, digits and "-"',
      'm.yaml:6:3: metadata.creationTimestamp: must be a time such as 2026-01-31T12:00:00Z',
    ]);
  });

  test('makes the names of a broken model known, so that they are refused and not passed on', () => {
    expect(translateYaml(MODEL)).toMatchObject({
      kind: 'invalid',
      problems: [{ object: 'InferenceModel default/model' }],
      fallback: {
        kind: 'invalid',
        meta: { kind: 'InferenceModel', name: 'model' },
        pool: 'default/pool',
        modelNames: ['lora-request'],
        problem: 'spec.targetModels[0].weight must be at least 0',
      },
    });
  });

  test('makes the names of a broken rewrite known, as far as they can be read', () => {
    const rewrite = `apiVersion: llm-d.ai/v1alpha2
kind: InferenceModelRewrite
metadata: { name: rewrite }
spec: { poolRef: { name: pool }, rules: [{ matches: [{ model: { value: a } }, 5] }, 7, { matches: [{ model: { value: b } }] }] }
`;
    expect(translateYaml(rewrite)).toMatchObject({ fallback: { modelNames: ['a', 'b'] } });
    expect(translateYaml(rewrite.replace('name: pool', 'nam: pool'))).toMatchObject({ fallback: undefined });
    expect(translateYaml(POOL.replace('8000', '0'))).toMatchObject({ kind: 'invalid', fallback: undefined });
  });

  test('tells what is wrong with any JSON whatever, and never throws', () => {
    const kinds = [
      'InferencePool',
      'InferenceModel',
      'InferenceModelRewrite',
      'InferenceObjective',
      'LLMRoute',
    ];
    const versions = [
      'inference.networking.x-k8s.io/v1alpha2',
      'inference.networking.k8s.io/v1',
      'llm-d.ai/v1alpha2',
      'istio.alibabacloud.com/v1',
    ];
    const fields = [
      'poolRef',
      'rules',
      'matches',
      'targets',
      'model',
      'modelName',
      'targetModels',
      'weight',
      'host',
      'name',
    ];
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...fields), tie('tree'), { maxKeys: 4 }),
      ),
    }));
    const object = fc.record({
      apiVersion: fc.constantFrom(...versions),
      kind: fc.constantFrom(...kinds),
      metadata: fc.constant({ name: 'a' }),
      spec: tree,
    });
    const place = { source: 'm.yaml', line: 1, column: 1 };
    fc.assert(
      fc.property(fc.oneof(object, fc.jsonValue()), (value) => {
        const outcome = translate({ value, locate: () => place }, 'default');
        expect(outcome.kind === 'invalid' ? outcome.problems.length : 1).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
