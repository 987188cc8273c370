import { nearest } from '../config/nearest.ts';
import { groupOf, POLICY_GROUPS, POLICY_KINDS, type RawObject } from '../sources/policy/translate.ts';
import { type FieldPath, formatField } from '../sources/problems/problem.ts';
import type { Finding } from './finding.ts';

type Fields = Readonly<Record<string, unknown>>;

const OBJECT_FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];
const METADATA_FIELDS = [
  ...['annotations', 'creationTimestamp', 'deletionGracePeriodSeconds', 'deletionTimestamp', 'finalizers'],
  ...['generateName', 'generation', 'labels', 'managedFields', 'name', 'namespace', 'ownerReferences'],
  ...['resourceVersion', 'selfLink', 'uid'],
];
/** Of every generation; the translators pass over what they do not know, since later ones add fields. */
const POOL_FIELDS = [
  ...['appProtocol', 'endpointPickerRef', 'extensionRef', 'selector', 'targetPortNumber', 'targetPorts'],
];
const PICKER_FIELDS = ['failureMode', 'group', 'kind', 'name', 'port', 'portNumber', 'targetPortNumber'];

/**
 * Finds names that are almost right where the translators read nothing: kinds and groups, which make an object
 * somebody else's, and fields that nobody looks at.
 */
export function misspelt({ value, locate }: RawObject): readonly Finding[] {
  if (!isFields(value) || typeof value.kind !== 'string' || typeof value.apiVersion !== 'string') return [];
  const { kind, apiVersion } = value;
  const object = nameOf(kind, value.metadata);
  const names = [
    ...kindFaults(kind, groupOf(apiVersion)),
    ...(isOurs(kind, apiVersion) ? faults(value) : []),
  ];
  return names.map(({ path, message, severity }) => {
    const place = locate(path);
    return { severity: severity ?? 'error', place, object, field: formatField(path), message };
  });
}

interface Fault {
  readonly path: FieldPath;
  readonly message: string;
  readonly severity?: 'note';
}

function isOurs(kind: string, apiVersion: string): boolean {
  return POLICY_KINDS.includes(kind) && POLICY_GROUPS.has(groupOf(apiVersion));
}

function kindFaults(kind: string, group: string): readonly Fault[] {
  const known = POLICY_KINDS.includes(kind);
  if (known === POLICY_GROUPS.has(group)) return [];
  const [path, word, words] = known
    ? (['apiVersion', group, [...POLICY_GROUPS]] as const)
    : (['kind', kind, POLICY_KINDS] as const);
  const meant = nearest(word, words);
  return meant === undefined ? [] : [{ path: [path], message: `is not known here; is it ${meant}?` }];
}

function faults(value: Fields): readonly Fault[] {
  return [
    ...unknown(value, { at: [], known: OBJECT_FIELDS }),
    ...unknown(value.metadata, { at: ['metadata'], known: METADATA_FIELDS }),
    ...(value.kind === 'InferencePool' ? poolFaults(value.spec) : []),
  ];
}

function poolFaults(spec: unknown): readonly Fault[] {
  const pickers = isFields(spec) ? ['extensionRef', 'endpointPickerRef'].filter((name) => name in spec) : [];
  return [
    ...unknown(spec, { at: ['spec'], known: POOL_FIELDS }).map(ofLater),
    ...pickers.flatMap((name) => {
      const picker = isFields(spec) ? spec[name] : undefined;
      return unknown(picker, { at: ['spec', name], known: PICKER_FIELDS }).map(ofLater);
    }),
  ];
}

/** A field that is like none may be one of a later generation. */
function ofLater(fault: Fault): Fault {
  if (fault.message !== UNKNOWN) return fault;
  return { ...fault, message: 'is not known here and not used', severity: 'note' };
}

const UNKNOWN = 'unknown field';

interface Where {
  readonly at: FieldPath;
  readonly known: readonly string[];
}

function unknown(fields: unknown, { at, known }: Where): readonly Fault[] {
  if (!isFields(fields)) return [];
  const names = Object.keys(fields).filter((name) => !known.includes(name));
  return names.map((name) => {
    const meant = nearest(name, known);
    return { path: [...at, name], message: meant === undefined ? UNKNOWN : `${UNKNOWN}; is it ${meant}?` };
  });
}

function nameOf(kind: string, metadata: unknown): string | undefined {
  const name = isFields(metadata) ? metadata.name : undefined;
  return typeof name === 'string' ? `${kind} ${name}` : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
