import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { validateCommand } from '../../src/commands/validate.ts';
import { makeFolder } from '../sources/files/following.ts';

/** Runs the command on files with these texts; places are told without their folder. */
export async function validate(files: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const folder = await makeFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return validateFolder(folder, ...args);
}

/** Runs the command on a folder; `FOLDER` in an argument stands for it. */
export async function validateFolder(folder: string, ...args: readonly string[]) {
  const lines: string[] = [];
  let status: number | undefined;
  const command = validateCommand({
    print: (line) => lines.push(line.replaceAll(`${folder}/`, '')),
    exit: (code) => {
      status = code;
    },
  });
  const given = args.map((arg) => arg.replace('FOLDER', folder));
  await command.parseAsync([folder, ...given], { from: 'user' });
  return { status, lines };
}

/** The lines that tell of faults: all but the objects and the summary. */
export async function faultsOf(text: string, ...args: readonly string[]) {
  const { status, lines } = await validate({ 'a.yaml': text }, ...args);
  const faults = lines.slice(0, -1).filter((line) => !/^a\.yaml:\d+:\d+: \w+ \w+\/[\w-]+$/.test(line));
  return [status, ...faults];
}

/** The group of most kinds. */
export const XK8S = 'inference.networking.x-k8s.io';

/** A model `m` of the pool `pool`; its only target is `a`. */
export const MODEL = (name: string) => `apiVersion: ${XK8S}/v1alpha1
kind: InferenceModel
metadata: { name: ${name} }
spec: { modelName: m, poolRef: { name: pool }, targetModels: [{ name: a, weight: 1 }] }
`;

/** The pool `pool`. */
export const POOL = `apiVersion: ${XK8S}/v1alpha1
kind: InferencePool
metadata: { name: pool }
spec: { targetPortNumber: 8000, selector: { app: vllm } }
`;

/** A rewrite of `n` in that pool, to `a` and `b`. */
export const REWRITE = `apiVersion: llm-d.ai/v1alpha2
kind: InferenceModelRewrite
metadata: { name: r }
spec:
  poolRef: { name: pool }
  rules:
    - matches: [{ model: { value: n } }]
      targets: [{ modelRewrite: a, weight: 9 }, { modelRewrite: b, weight: 1 }]
`;

/** A route of test.com. */
export const ROUTE = (pool: string) => `apiVersion: istio.alibabacloud.com/v1
kind: LLMRoute
metadata: { name: route }
spec:
  host: test.com
  rules: [{ backendRefs: [{ backendRef: { kind: InferencePool, name: ${pool} } }] }]
`;

/** Documents of one file. */
export const all = (...documents: readonly string[]) => documents.join('---\n');
