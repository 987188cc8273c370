import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stringify } from 'yaml';
import { createShell, type Ended } from '../../scripts/docker/shell.ts';

/** A folder of the project's manifests. */
export function manifests(name: string): string {
  return join(import.meta.dirname, '../../manifests', name);
}

/** A setting that scripts/node/run-on-node.ts or its caller hands to the suite. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set: run this suite with npm run test:node or npm run test:istio`);
  return value;
}

const shell = createShell(process.env, new AbortController().signal);

/** Runs kubectl as the administrator and gives what it wrote; rejects with its last words if it fails. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  return (await shell.run(setting('SERIN_KUBECTL'), args)).trim();
}

/** Runs kubectl; a failure is a result. */
function tryKubectl(...args: readonly string[]): Promise<Ended> {
  return shell.try(setting('SERIN_KUBECTL'), args);
}

/** Runs helm and gives what it wrote; rejects with its last words if it fails. */
export async function helm(...args: readonly string[]): Promise<string> {
  return (await shell.run(setting('SERIN_HELM'), args)).trim();
}

/** Creates what a kustomization holds but for what is there already. */
export async function createMissing(name: string): Promise<void> {
  const { code, stderr } = await tryKubectl('create', '-k', manifests(name));
  const others = stderr.split('\n').filter((line) => line !== '' && !line.includes('already exists'));
  if (code !== 0 && others.length > 0) throw new Error(others.join('\n'));
}

/** A kustomization as an object; `at` gives the path of one of the project's. */
export type Own = (at: (name: string) => string) => unknown;

/** Runs kubectl on a kustomization that is no file: `apply -k`, `delete -k` or `kustomize`; gives what it wrote. */
export async function kubectlOwn(command: readonly string[], build: Own): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-own-'));
  try {
    const own = build((name) => relative(folder, manifests(name)));
    await writeFile(join(folder, 'kustomization.yaml'), stringify(own));
    return await kubectl(...command, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Applies a kustomization that is given as an object. */
export async function applyOwn(build: Own): Promise<void> {
  await kubectlOwn(['apply', '-k'], build);
}

/** Waits until every pod of a Deployment is the one that is wanted, and ready. */
export async function rolledOut(deployment: string, namespace = 'default'): Promise<void> {
  await kubectl('rollout', 'status', `deployment/${deployment}`, '-n', namespace, '--timeout=150s');
}

/** The address of a Service in the cluster. */
export function serviceAddress(name: string): Promise<string> {
  return kubectl('get', 'service', name, '-o', 'jsonpath={.spec.clusterIP}');
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  }[];
}

/** The names of the pods with a label that are not on their way out. */
export async function podNames(label: string): Promise<readonly string[]> {
  const { items } = JSON.parse(await kubectl('get', 'pods', '-l', label, '-o', 'json')) as PodList;
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((pod) => pod.metadata.name);
}

/** Asks for a pod to be evicted, as a node that is drained does. */
export async function evict(pod: string): Promise<Ended> {
  const metadata = { name: pod, namespace: 'default' };
  const folder = await mkdtemp(join(tmpdir(), 'serin-evict-'));
  try {
    const file = join(folder, 'eviction.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata }));
    return await tryKubectl('create', '--raw', `/api/v1/namespaces/default/pods/${pod}/eviction`, '-f', file);
  } finally {
    await rm(folder, { recursive: true });
  }
}
