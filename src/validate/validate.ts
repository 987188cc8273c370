import { type PoolKey, poolKey } from '../core/names.ts';
import { type Manifests, readManifests } from '../sources/manifests/read-manifests.ts';
import { groupOf, POLICY_GROUPS, type RawObject } from '../sources/policy/translate.ts';
import type { Problem } from '../sources/problems/problem.ts';
import { duplicates } from './duplicates.ts';
import { type Finding, locateAll } from './finding.ts';
import { forgottenPickers } from './inference-routes.ts';
import { misspelt } from './misspelt.ts';
import { dangling } from './references.ts';
import { type ServedOptions, unserved } from './served.ts';
import { weightFaults } from './targets.ts';

/** What manifests are checked against. */
export interface ValidateOptions {
  readonly paths: readonly string[];
  /** Of objects that name none. */
  readonly namespace: string;
  /** Pools that are applied from elsewhere. */
  readonly knownPools: readonly PoolKey[];
  /** What is wrong with other files. */
  readonly problems: readonly Problem[];
  /** The endpoints that serve the targets, if they are to be asked. */
  readonly served: ServedOptions | undefined;
}

/** What manifests say, and everything that is to be said about them, in the order of the files. */
export interface Validation extends Pick<Manifests, 'objects' | 'skipped'> {
  readonly findings: readonly Finding[];
}

/** Reads manifests as `serin serve` would and finds all their faults at once. */
export async function validate(options: ValidateOptions): Promise<Validation> {
  const { paths, namespace, knownPools, served } = options;
  const { objects, raw, problems, skipped } = await readManifests(paths, namespace);
  const located = locateAll(objects, raw);
  const pools = new Set([...knownPools, ...raw.flatMap((each) => namedPool(each, namespace))]);
  const findings = [
    ...[...options.problems, ...problems].map((problem) => ({ ...problem, severity: 'error' }) as const),
    ...raw.flatMap(misspelt),
    ...raw.flatMap(forgottenPickers),
    ...located.flatMap(weightFaults),
    ...dangling(located, pools),
    ...duplicates(located),
    ...(served === undefined ? [] : await unserved(located, served)),
  ];
  return { objects, skipped, findings: findings.toSorted(byPlace) };
}

/** A pool with faults of its own is there all the same. */
function namedPool({ value }: RawObject, defaultNamespace: string): readonly PoolKey[] {
  if (!isRecord(value) || value.kind !== 'InferencePool' || !isRecord(value.metadata)) return [];
  const { name, namespace = defaultNamespace } = value.metadata;
  const ours = POLICY_GROUPS.has(groupOf(String(value.apiVersion)));
  return ours && typeof name === 'string' ? [poolKey(String(namespace), name)] : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function byPlace({ place: a }: Finding, { place: b }: Finding): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
