import { z } from 'zod';
import type { PolicyObject, Role, WeightedTarget } from '../../core/policy.ts';
import { type Checked, check, type FieldProblem } from '../problems/schema-check.ts';

/** The annotation of a model or rewrite that gives targets a role: `old=stable, new=canary`. */
const ROLES_KEY = 'serin.dev/roles';
/** The annotation that gives targets a group: `new-a=v2, new-b=v2`. */
const GROUPS_KEY = 'serin.dev/groups';

const ROLES: readonly Role[] = ['stable', 'canary'];
const GROUP = /^[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$/;

const annotationsSchema = z
  .object({ [ROLES_KEY]: z.string().optional(), [GROUPS_KEY]: z.string().optional() })
  .nullish();

const markedObject = z.object({
  metadata: z.object({
    annotations: z
      .object({ [ROLES_KEY]: z.unknown(), [GROUPS_KEY]: z.unknown() })
      .partial()
      .nullish(),
  }),
});

/** Puts the roles and groups that an object's annotations give on its targets; other kinds stay as they are. */
export function markTargets(object: PolicyObject, annotations: unknown): Checked<PolicyObject> {
  if (object.kind !== 'model' && object.kind !== 'rewrite') return { kind: 'ok', value: object };
  const checked = check(annotationsSchema, annotations ?? undefined, ['metadata', 'annotations']);
  if (checked.kind === 'invalid') return checked;
  const lists = object.kind === 'model' ? [object.targets] : object.rules.map(({ targets }) => targets);
  const names = new Set<string>(lists.flat().map(({ name }) => name));
  const roles = readMarks(checked.value?.[ROLES_KEY], names, readRole);
  const groups = readMarks(checked.value?.[GROUPS_KEY], names, readGroup);
  const marked = lists.map((targets) => targets.map((target) => mark(target, roles.marks, groups.marks)));
  const problems = [
    ...[...roles.problems, ...marked.flatMap(unstable)].map((message) => problemOf(ROLES_KEY, message)),
    ...groups.problems.map((message) => problemOf(GROUPS_KEY, message)),
  ];
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'ok', value: withTargets(object, marked) };
}

/** All that the annotations of a raw object say of its targets: equal texts mark them alike. */
export function marksText(value: Readonly<Record<string, unknown>>): string {
  const read = markedObject.safeParse(value);
  const annotations = read.data?.metadata.annotations;
  return JSON.stringify([annotations?.[ROLES_KEY], annotations?.[GROUPS_KEY]]);
}

function problemOf(key: string, message: string): FieldProblem {
  return { path: ['metadata', 'annotations', key], message };
}

interface Marks<T> {
  readonly marks: ReadonlyMap<string, T>;
  readonly problems: readonly string[];
}

/** What one value of a mark means, or what is wrong with it. */
type Read<T> = { readonly value: T } | { readonly problem: string };

/** Reads `target=value` entries, separated by commas. */
function readMarks<T>(
  text: string | undefined,
  names: ReadonlySet<string>,
  read: (value: string) => Read<T>,
): Marks<T> {
  const marks = new Map<string, T>();
  const problems: string[] = [];
  for (const entry of entriesOf(text)) {
    const split = entry.lastIndexOf('=');
    const name = entry.slice(0, Math.max(split, 0)).trim();
    const found = read(entry.slice(split + 1).trim());
    if (split < 1) problems.push(`must be target=value, … and not ${JSON.stringify(entry)}`);
    else if (!names.has(name))
      problems.push(`names ${JSON.stringify(name)}, which is no target of this object`);
    else if (marks.has(name)) problems.push(`names ${JSON.stringify(name)} twice`);
    else if ('problem' in found) problems.push(found.problem);
    else marks.set(name, found.value);
  }
  return { marks, problems };
}

function entriesOf(text = ''): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function readRole(text: string): Read<Role> {
  const role = ROLES.find((each) => each === text);
  if (role !== undefined) return { value: role };
  return { problem: `has the role ${JSON.stringify(text)}, but a role is ${ROLES.join(' or ')}` };
}

function readGroup(text: string): Read<string> {
  if (GROUP.test(text)) return { value: text };
  return {
    problem: `has the group ${JSON.stringify(text)}, but a group is at most 63 letters, digits, "-", "_" and "."`,
  };
}

function mark(
  target: WeightedTarget,
  roles: ReadonlyMap<string, Role>,
  groups: ReadonlyMap<string, string>,
): WeightedTarget {
  const role = roles.get(target.name);
  const group = groups.get(target.name);
  return {
    ...target,
    ...(role === undefined ? {} : { role }),
    ...(group === undefined ? {} : { group }),
  };
}

/** A canary is compared with something. */
function unstable(targets: readonly WeightedTarget[]): readonly string[] {
  if (targets.length === 0 || targets.some(({ role }) => role !== 'canary')) return [];
  return [`makes canaries of all of ${targets.map(({ name }) => name).join(', ')}: one has to be stable`];
}

function withTargets(
  object: Extract<PolicyObject, { readonly kind: 'model' | 'rewrite' }>,
  lists: readonly (readonly WeightedTarget[])[],
): PolicyObject {
  if (object.kind === 'model') return { ...object, targets: lists[0] ?? [] };
  return { ...object, rules: object.rules.map((rule, index) => ({ ...rule, targets: lists[index] ?? [] })) };
}
