import type { PolicyObject } from '../../core/policy.ts';
import { type Translation, translate } from '../policy/translate.ts';
import type { Problem } from '../problems/problem.ts';
import type { ApiObject } from './api-object.ts';
import type { ObjectSink } from './reflection.ts';

/** The policy objects of one kind, and what is wrong with some of them. */
export interface PolicyObjects extends ObjectSink {
  /** What is in force: good objects, last good versions of broken ones, stand-ins for those that never were. */
  readonly values: () => readonly PolicyObject[];
  readonly problems: () => readonly Problem[];
}

interface Entry {
  readonly good: PolicyObject | undefined;
  readonly fallback: PolicyObject | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Keeps the objects of one kind by UID, each with its own last good version. An object that was deleted and
 * made again under its name is another one and inherits nothing.
 */
export function createPolicyObjects(onChange: () => void): PolicyObjects {
  let entries = new Map<string, Entry>();
  return {
    replace: (objects) => {
      entries = new Map(objects.map((object) => [object.uid, read(object, entries.get(object.uid))]));
      onChange();
    },
    change: (changes) => {
      for (const { kind, object } of changes) {
        if (kind === 'deleted') entries.delete(object.uid);
        else entries.set(object.uid, read(object, entries.get(object.uid)));
      }
      onChange();
    },
    values: () => [...entries.values()].flatMap(({ good, fallback }) => good ?? fallback ?? []),
    problems: () => [...entries.values()].flatMap(({ problems }) => problems),
  };
}

function read(object: ApiObject, before: Entry | undefined): Entry {
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
