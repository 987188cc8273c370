import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { validateCommand } from '../../src/commands/validate.ts';
import { makeFolder } from '../sources/files/following.ts';

async function validate(folder: string, ...args: readonly string[]) {
  const lines: string[] = [];
  let status: number | undefined;
  const command = validateCommand({
    print: (line) => lines.push(line.replaceAll(`${folder}/`, '')),
    exit: (code) => {
      status = code;
    },
  });
  await command.parseAsync(args, { from: 'user' });
  return { status, lines };
}

const MODEL = (name: string) => `apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: InferenceModel
metadata: { name: ${name} }
spec: { modelName: m, poolRef: { name: pool }, targetModels: [{ name: a, weight: 1 }] }
`;

const POOL = `apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: InferencePool
metadata: { name: pool }
spec: { targetPortNumber: 8000, selector: { app: vllm } }
`;

describe('serin validate', () => {
  test('prints every object of good manifests and ends with status 0', async () => {
    const folder = await makeFolder();
    await cp(new URL('../../examples/multi-lora/', import.meta.url), folder, { recursive: true });
    await writeFile(join(folder, 'service.yaml'), 'apiVersion: v1\nkind: Service\n');
    expect(await validate(folder, folder)).toEqual({
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
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.yaml'), `${POOL}---\n${MODEL('x').replace('weight: 1', 'weight: -1')}`);
    await writeFile(join(folder, 'b.yaml'), 'a: [\n');
    const { status, lines } = await validate(folder, folder, join(folder, 'none'), '--pool-namespace', 'llm');
    expect(status).toBe(1);
    expect(lines).toEqual([
      'a.yaml:1:1: InferencePool llm/pool',
      'none:1:1: no such file or directory',
      'a.yaml:9:74: spec.targetModels[0].weight: must be at least 0',
      expect.stringMatching(/^b\.yaml:2:1: /),
      'objects: 1; problems: 3',
    ]);
  });

  test('notes a pool that is not among the manifests, which is no problem', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.yaml'), MODEL('x'));
    expect(await validate(folder, folder)).toEqual({
      status: 0,
      lines: [
        'a.yaml:1:1: InferenceModel default/x',
        'a.yaml:1:1: InferenceModel default/x: note: the InferencePool default/pool is not among these manifests',
        'objects: 1; problems: 0',
      ],
    });
  });

  test('prints which object loses a model name to which', async () => {
    const folder = await makeFolder();
    await writeFile(join(folder, 'a.yaml'), `${POOL}---\n${MODEL('x')}---\n${MODEL('y')}`);
    const { status, lines } = await validate(folder, folder);
    expect(status).toBe(1);
    expect(lines).toContain(
      'a.yaml:11:1: InferenceModel default/y: m is taken by InferenceModel default/x at a.yaml:6:1',
    );
  });
});
