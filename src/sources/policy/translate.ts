import type { ObjectMeta, PolicyObject } from '../../core/policy.ts';
import { formatField, type Locate, type Problem } from '../problems/problem.ts';
import type { Checked, FieldProblem } from '../problems/schema-check.ts';
import { translateModel } from './inference-model.ts';
import { translateRewrite } from './inference-model-rewrite.ts';
import { translateObjective } from './inference-objective.ts';
import { translateFlatPool, translateV1Pool } from './inference-pool.ts';
import { invalidObject } from './invalid-object.ts';
import { translateRoute } from './llm-route.ts';
import { readMetadata } from './metadata.ts';
import { objectId } from './object-id.ts';
import { markTargets } from './target-marks.ts';

/** An object as a file or a cluster gives it, with the way to find its fields. */
export interface RawObject {
  readonly value: unknown;
  readonly locate: Locate;
}

/** What became of a raw object. `fallback` stands for the names of an object that never was valid. */
export type Translation =
  | { readonly kind: 'ok'; readonly object: PolicyObject }
  | {
      readonly kind: 'invalid';
      readonly meta: ObjectMeta | undefined;
      readonly problems: readonly Problem[];
      readonly fallback: PolicyObject | undefined;
    }
  | { readonly kind: 'skipped'; readonly objectKind: string };

type SpecTranslator = (spec: unknown, meta: ObjectMeta) => Checked<PolicyObject>;

const XK8S = 'inference.networking.x-k8s.io';

const TRANSLATORS: ReadonlyMap<string, ReadonlyMap<string, SpecTranslator>> = new Map([
  [
    'InferencePool',
    new Map<string, SpecTranslator>([
      [`${XK8S}/v1alpha1`, translateFlatPool],
      [`${XK8S}/v1alpha2`, translateFlatPool],
      ['inference.networking.k8s.io/v1', translateV1Pool],
    ]),
  ],
  [
    'InferenceModel',
    new Map<string, SpecTranslator>([
      [`${XK8S}/v1alpha1`, translateModel],
      [`${XK8S}/v1alpha2`, translateModel],
    ]),
  ],
  [
    'InferenceModelRewrite',
    new Map<string, SpecTranslator>([
      ['llm-d.ai/v1alpha2', translateRewrite],
      [`${XK8S}/v1alpha2`, translateRewrite],
    ]),
  ],
  [
    'InferenceObjective',
    new Map<string, SpecTranslator>([
      ['llm-d.ai/v1alpha2', translateObjective],
      [`${XK8S}/v1alpha2`, translateObjective],
    ]),
  ],
  ['LLMRoute', new Map<string, SpecTranslator>([['istio.alibabacloud.com/v1', translateRoute]])],
]);

/** The kinds that Serin reads. */
export const POLICY_KINDS: readonly string[] = [...TRANSLATORS.keys()];

/** The API groups that these kinds are in. */
export const POLICY_GROUPS: ReadonlySet<string> = new Set(
  [...TRANSLATORS.values()].flatMap((versions) => [...versions.keys()].map(groupOf)),
);

/** Translates one raw object of any kind; kinds that Serin does not use are skipped. */
export function translate(raw: RawObject, defaultNamespace: string): Translation {
  const { value } = raw;
  if (!isRecord(value)) return unusable(raw, { path: [], message: 'must be a Kubernetes object' });
  const { kind, apiVersion } = value;
  if (kind === undefined && apiVersion === undefined) return { kind: 'skipped', objectKind: 'none' };
  if (typeof kind !== 'string')
    return unusable(raw, { path: ['kind'], message: 'must be the name of a kind' });
  if (typeof apiVersion !== 'string') {
    return unusable(raw, { path: ['apiVersion'], message: 'must be group/version' });
  }
  const versions = TRANSLATORS.get(kind);
  if (versions === undefined || !POLICY_GROUPS.has(groupOf(apiVersion)))
    return { kind: 'skipped', objectKind: kind };
  return translateKnown(raw, value, {
    kind,
    defaultNamespace,
    translator: versions.get(apiVersion),
    versions,
  });
}

interface KnownKind {
  readonly kind: string;
  readonly defaultNamespace: string;
  readonly translator: SpecTranslator | undefined;
  readonly versions: ReadonlyMap<string, SpecTranslator>;
}

function translateKnown(
  raw: RawObject,
  value: Readonly<Record<string, unknown>>,
  known: KnownKind,
): Translation {
  const { kind, defaultNamespace } = known;
  const place = raw.locate([]);
  const metadata = readMetadata(value.metadata, { kind, defaultNamespace, place });
  if (metadata.kind === 'invalid') {
    const nameless = { kind, namespace: defaultNamespace, name: '', createdAtMs: undefined, place };
    const spec = known.translator?.(value.spec, nameless);
    const problems = spec?.kind === 'invalid' ? spec.problems : [];
    return invalid(raw, undefined, [...metadata.problems, ...problems]);
  }
  const meta = metadata.value;
  if (known.translator === undefined) {
    const message = `of ${kind} must be ${[...known.versions.keys()].join(' or ')}`;
    return invalid(raw, meta, [{ path: ['apiVersion'], message }]);
  }
  const spec = known.translator(value.spec, meta);
  const checked = spec.kind === 'ok' ? markTargets(spec.value, annotationsOf(value)) : spec;
  return checked.kind === 'ok' ? { kind: 'ok', object: checked.value } : invalid(raw, meta, checked.problems);
}

function annotationsOf({ metadata }: Readonly<Record<string, unknown>>): unknown {
  return isRecord(metadata) ? metadata.annotations : undefined;
}

function unusable(raw: RawObject, problem: FieldProblem): Translation {
  return invalid(raw, undefined, [problem]);
}

function invalid(
  raw: RawObject,
  meta: ObjectMeta | undefined,
  fieldProblems: readonly FieldProblem[],
): Translation {
  const object = meta && objectId(meta);
  const problems = fieldProblems.map(({ path, message }) => ({
    place: raw.locate(path),
    object,
    field: formatField(path),
    message,
  }));
  const fallback = meta && invalidObject(meta, raw.value, problems);
  return { kind: 'invalid', meta, problems, fallback };
}

/** The group of an `apiVersion`; empty for that of Pods and Services. */
export function groupOf(apiVersion: string): string {
  return apiVersion.slice(0, Math.max(apiVersion.lastIndexOf('/'), 0));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
