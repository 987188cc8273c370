import { applyOwn, kubectl, podNames, rolledOut } from './kubectl.ts';

/** The name of the seed's Deployment, and of its pool. */
export const VLLM = 'vllm-llama2-7b-pool';

/** Runs the simulated servers of the seed in a namespace of their own, without any policy. */
export async function deployVllm(namespace: string): Promise<void> {
  await kubectl('create', 'namespace', namespace);
  await applyOwn((at) => ({
    namespace,
    resources: [at('seed-no-gpu')],
    patches: ['InferencePool', 'InferenceModel', 'LLMRoute'].map((kind) => ({
      target: { kind },
      patch: `{"$patch": "delete", "apiVersion": "v1", "kind": "${kind}", "metadata": {"name": "any"}}`,
    })),
  }));
  await rolledOut(VLLM, namespace);
}

/** Deletes a pod of the simulated servers; resolves once another is in its place. */
export async function replacePod(): Promise<void> {
  const [pod = ''] = await podNames(`app=${VLLM}`);
  await kubectl('delete', 'pod', pod);
  await rolledOut(VLLM);
}

/** A page of Serin's own, read in its pod: port and path. */
export async function serinPage<T>(namespace: string, deployment: string, page: string): Promise<T> {
  const script = `fetch('http://127.0.0.1:${page}').then((r) => r.text()).then(console.log)`;
  const command = [`deployment/${deployment}`, '--', '/usr/local/bin/node', '-e', script];
  return JSON.parse(await kubectl('exec', '-n', namespace, ...command)) as T;
}

/** What tests read of `/debug/snapshot`. */
export interface SnapshotPage {
  readonly pools: readonly {
    readonly name: string;
    readonly endpoints: readonly { readonly state: string }[];
  }[];
}
