import type { PolicyObject } from '../../core/policy.ts';
import { marksText } from '../policy/target-marks.ts';
import { type Translation, translate } from '../policy/translate.ts';
import type { Problem } from '../problems/problem.ts';
import type { ApiObject } from './api-object.ts';
import { type Observed, readObserved } from './observed.ts';
import type { ObjectSink } from './reflection.ts';

/** The policy objects of one kind, and what is wrong with some of them. */
export interface PolicyObjects extends ObjectSink {
  /** What is in force: good objects, last good versions of broken ones, stand-ins for those that never were. */
  readonly values: () => readonly PolicyObject[];
  readonly problems: () => readonly Problem[];
  readonly entries: () => readonly PolicyEntry[];
}

/** One object of a cluster: what the server says of it, and what was made of its spec. */
export interface PolicyEntry {
  readonly observed: Observed | undefined;
  readonly policy: Policy;
}

/** What was made of a spec. */
export interface Policy {
  /** The last good version. */
  readonly good: PolicyObject | undefined;
  readonly fallback: PolicyObject | undefined;
  readonly problems: readonly Problem[];
}

interface Entry extends PolicyEntry {
  readonly stamp: string | undefined;
  /** What its annotations say of targets: they may change while its generation stays. */
  readonly marks: string;
}

/**
 * Keeps the objects of one kind by UID, each with its own last good version. An object that was deleted and
 * made again under its name is another one and inherits nothing. `onChange` is told of the first list, and of
 * later ones only if they change something.
 */
export function createPolicyObjects(onChange: () => void): PolicyObjects {
  let entries: ReadonlyMap<string, Entry> = new Map();
  /** False until a listener has heard of these entries without a fault. */
  let told = false;

  function take(next: ReadonlyMap<string, Entry>): void {
    const isNews = !told || !samePolicy(entries, next);
    entries = next;
    if (!isNews) return;
    told = false;
    onChange();
    told = true;
  }

  return {
    replace: (objects) => {
      take(new Map(objects.map((object) => [object.uid, read(object, entries.get(object.uid))])));
    },
    change: (changes) => {
      const next = new Map(entries);
      for (const { kind, object } of changes) {
        if (kind === 'deleted') next.delete(object.uid);
        else next.set(object.uid, read(object, next.get(object.uid)));
      }
      take(next);
    },
    values: () => [...entries.values()].flatMap(({ policy }) => policy.good ?? policy.fallback ?? []),
    problems: () => [...entries.values()].flatMap(({ policy }) => policy.problems),
    entries: () => [...entries.values()],
  };
}

/** True if no spec and no mark has become another one: whatever is written about an object, no snapshot is made for that. */
function samePolicy(a: ReadonlyMap<string, Entry>, b: ReadonlyMap<string, Entry>): boolean {
  return a.size === b.size && [...a].every(([uid, { policy }]) => b.get(uid)?.policy === policy);
}

function read(object: ApiObject, before: Entry | undefined): Entry {
  const { stamp } = object;
  if (before !== undefined && stamp !== undefined && before.stamp === stamp) return before;
  const observed = readObserved(object.value);
  const marks = marksText(object.value);
  const isSame = before?.marks === marks && sameSpec(before.observed, observed);
  return { stamp, marks, observed, policy: isSame ? before.policy : policyOf(object, before?.policy) };
}

function sameSpec(before: Observed | undefined, after: Observed | undefined): boolean {
  if (before === undefined || after?.generation === undefined) return false;
  return before.generation === after.generation && before.apiVersion === after.apiVersion;
}

function policyOf(object: ApiObject, before: Policy | undefined): Policy {
  const place = { source: object.title, line: 0, column: 0 };
  // An object in a cluster names its namespace always.
  const outcome: Translation = translate({ value: object.value, locate: () => place }, 'default');
  switch (outcome.kind) {
    case 'ok':
      return { good: outcome.object, fallback: undefined, problems: [] };
    case 'invalid':
      return { good: before?.good, fallback: outcome.fallback, problems: outcome.problems };
    case 'skipped':
      return { good: before?.good, fallback: undefined, problems: [] };
  }
}
