import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** A Kubernetes object as a manifest has it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  // biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds, looked into by tests alone
  readonly spec: any;
}

interface Operation {
  readonly op: 'add' | 'replace' | 'remove' | 'test';
  readonly path: string;
  readonly value?: unknown;
}

interface Patch {
  readonly target: { readonly kind: string; readonly name: string };
  readonly path?: string;
  readonly patch?: string;
}

interface Kustomization {
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly patches?: readonly Patch[];
}

/**
 * The objects of a kustomization, as far as the shipped ones go: resources, components and JSON patches.
 * What kustomize itself makes of them is seen where there is a cluster.
 */
export function kustomized(folder: string): readonly Manifest[] {
  return build(folder, []);
}

/** The same with components of `manifests/istio/components` on top. */
export function withComponents(folder: string, components: readonly string[]): readonly Manifest[] {
  return components.reduce<readonly Manifest[]>(
    (objects, component) => build(component, objects),
    kustomized(folder),
  );
}

function build(folder: string, before: readonly Manifest[]): readonly Manifest[] {
  const {
    resources = [],
    components = [],
    patches = [],
  }: Kustomization = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8'));
  const own = resources.flatMap((name) => resource(join(folder, name)));
  const below = components.reduce<readonly Manifest[]>(
    (objects, name) => build(join(folder, name), objects),
    [...before, ...own],
  );
  return patches.reduce<readonly Manifest[]>((objects, each) => patched(objects, each, folder), below);
}

function resource(path: string): readonly Manifest[] {
  if (statSync(path).isDirectory()) return kustomized(path);
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS());
}

function patched(
  objects: readonly Manifest[],
  { target, path, patch }: Patch,
  folder: string,
): readonly Manifest[] {
  const text = path === undefined ? (patch ?? '') : readFileSync(join(folder, path), 'utf8');
  const operations: readonly Operation[] = parse(text);
  return objects.map((object) => {
    if (object.kind !== target.kind || object.metadata.name !== target.name) return object;
    const copy = structuredClone(object);
    for (const operation of operations) apply(copy, operation);
    return copy;
  });
}

function apply(object: unknown, { op, path, value }: Operation): void {
  const steps = path
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  // biome-ignore lint/suspicious/noExplicitAny: a path leads through maps and lists alike
  const parent = steps.reduce((at: any, step) => at[step], object);
  if (op === 'test') {
    if (parent[last] !== value) throw new Error(`${path} is ${parent[last]}, not ${value}`);
  } else if (op === 'remove') delete parent[last];
  else if (Array.isArray(parent) && op === 'add')
    parent.splice(last === '-' ? parent.length : Number(last), 0, value);
  else parent[last] = value;
}
