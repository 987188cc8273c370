import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { kustomized, type Manifest } from './kustomized.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Where the manifests are. */
export const MANIFESTS = join(ROOT, 'manifests');

/** The wirings by what they are made of. */
export const BY_ENVOY_FILTER = [
  'envoyfilter',
  'original-dst',
  'original-dst-mtls',
  'fail-open',
  'asm',
] as const;
export const BY_GATEWAY_API = ['gateway-api', 'gateway-api-override'] as const;
export const COMPONENTS = [
  'access-log',
  'access-log-gateway-api',
  'mesh-certificate',
  'response-bodies',
  'retry',
  'strict-mtls',
  'telemetry',
  'telemetry-gateway-api',
] as const;

// biome-ignore lint/suspicious/noExplicitAny: parts of manifests of many kinds, looked into by tests alone
export type Part = any;

/** The objects of a wiring. */
export function objectsOf(name: string): readonly Manifest[] {
  return kustomized(join(MANIFESTS, 'istio', name));
}

/** The folder of a component. */
export function component(name: string): string {
  return join(MANIFESTS, 'istio/components', name);
}

/** The object of a kind and a name. */
export function one(objects: readonly Manifest[], kind: string, name: string): Part {
  return objects.find((object) => object.kind === kind && object.metadata.name === name);
}

/** The patches of all EnvoyFilters. */
export function patchesOf(objects: readonly Manifest[]): readonly Part[] {
  return objects.filter(({ kind }) => kind === 'EnvoyFilter').flatMap(({ spec }) => spec.configPatches);
}

/** Every value of a key, wherever it stands. */
export function valuesOf(value: Part, key: string): readonly Part[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = !Array.isArray(value) && key in value ? [value[key]] : [];
  return [...own, ...Object.values(value).flatMap((each) => valuesOf(each, key))];
}

/** The Services of vLLM and Serin. */
export function shippedServices(): readonly Part[] {
  return ['seed/vllm-service.yaml', 'serin/service.yaml']
    .flatMap((path) => parseAllDocuments(readFileSync(join(MANIFESTS, path), 'utf8')))
    .map((document) => document.toJS())
    .filter(({ kind }) => kind === 'Service');
}

/** A page of the project. */
export function page(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}
