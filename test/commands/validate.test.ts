import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder } from '../sources/files/following.ts';
import { all, faultsOf, MODEL, POOL, validate, validateFolder, XK8S } from '../validate/validating.ts';

describe('serin validate', () => {
  test('prints every object of good manifests and ends with status 0', async () => {
    const folder = await makeFolder();
    await cp(new URL('../../examples/multi-lora/', import.meta.url), folder, { recursive: true });
    await writeFile(join(folder, 'service.yaml'), 'apiVersion: v1\nkind: Service\n');
    expect(await validateFolder(folder)).toEqual({
      status: 0,
      lines: [
        'inferencemodel.yaml:3:1: InferenceModel default/inferencemodel-sample',
        'inferencepool.yaml:3:1: InferencePool default/vllm-llama2-7b-pool',
        'llmroute.yaml:2:1: LLMRoute default/test-llm-route',
        'objects: 3; problems: 0; not used: Service 1',
      ],
    });
  });

  test('prints every problem as file:line:column: field: message and ends with status 1', async () => {
    const files = { 'a.yaml': all(POOL, MODEL('x').replace('weight: 1', 'weight: -1')), 'b.yaml': 'a: [\n' };
    const { status, lines } = await validate(files, 'FOLDER/none', '--pool-namespace', 'llm');
    expect(status).toBe(1);
    expect(lines).toEqual([
      'a.yaml:1:1: InferencePool llm/pool',
      'a.yaml:9:74: spec.targetModels[0].weight: must be at least 0',
      expect.stringMatching(/^b\.yaml:2:1: /),
      'none:1:1: no such file or directory',
      'objects: 1; problems: 3',
    ]);
  });

  test('finds every fault at once, of one object as of all', async () => {
    const model = `apiVersion: ${XK8S}/v1alpha1
kind: InferenceModel
metadata: { name: Big }
spec:
  modelNam: m
  poolRef: { name: poool }
  targetModels: [{ name: a, weight: 1 }, { name: b }, { name: a, weight: -1 }]
`;
    expect(await faultsOf(all(POOL, model, MODEL('x').replace('name: pool', 'name: pol')))).toEqual([
      1,
      'a.yaml:8:13: metadata.name: must be lower case letters, digits, "-" and "."',
      'a.yaml:9:1: spec.modelName: is required',
      'a.yaml:10:3: spec.modelNam: unknown field',
      'a.yaml:12:42: spec.targetModels[1].weight: is missing, but other targets of this list have one: give all of them a weight, or none',
      'a.yaml:12:57: spec.targetModels[2].name: is a target twice in this list',
      'a.yaml:12:66: spec.targetModels[2].weight: must be at least 0',
      'a.yaml:17:34: spec.poolRef.name: InferencePool default/pol is not among these manifests; is it default/pool?',
    ]);
  });

  test('takes kinds of others as they are, even of the same name', async () => {
    const others = [
      'apiVersion: v1\nkind: Secret\nmetdata: {}\n',
      'apiVersion: example.com/v1\nkind: InferenceModel\nspec: {}\n',
      `apiVersion: ${XK8S}/v1alpha1\nkind: InferencePoolImport\n`,
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\n',
    ];
    expect(await faultsOf(all(...others))).toEqual([0]);
  });

  test('prints one JSON object on demand', async () => {
    const text = all(POOL, MODEL('x').replace('poolRef: { name: pool }', 'poolRef: { name: other }'));
    const files = { 'a.yaml': text, 'b.yaml': 'apiVersion: v1\nkind: Service\n' };
    const { status, lines } = await validate(files, '--json');
    expect([status, JSON.parse(lines.join('\n'))]).toEqual([
      1,
      {
        ok: false,
        objects: [
          { kind: 'InferencePool', namespace: 'default', name: 'pool', file: 'a.yaml', line: 1, column: 1 },
          { kind: 'InferenceModel', namespace: 'default', name: 'x', file: 'a.yaml', line: 6, column: 1 },
        ],
        findings: [
          {
            severity: 'error',
            ...{ file: 'a.yaml', line: 9, column: 34, object: 'InferenceModel default/x' },
            field: 'spec.poolRef.name',
            message: 'InferencePool default/other is not among these manifests',
          },
        ],
        notUsed: { Service: 1 },
      },
    ]);
  });
});
