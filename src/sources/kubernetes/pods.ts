import { isDeepStrictEqual } from 'node:util';
import type { Member } from '../../core/members.ts';
import { readyMember } from './pod.ts';
import type { ObjectSink } from './reflection.ts';

/** The pods of one selection that take requests. */
export interface Pods extends ObjectSink {
  readonly members: () => readonly Member[];
}

/** Keeps ready pods by UID; `onChange` is told only of changes that a pool could notice. */
export function createPods(onChange: () => void): Pods {
  let members = new Map<string, Member>();
  return {
    replace: (objects) => {
      const before = members;
      members = new Map();
      for (const { uid, value } of objects) put(members, uid, sameOr(before.get(uid), readyMember(value)));
      onChange();
    },
    change: (changes) => {
      let changed = false;
      for (const { kind, object } of changes) {
        const before = members.get(object.uid);
        const after = kind === 'deleted' ? undefined : sameOr(before, readyMember(object.value));
        put(members, object.uid, after);
        changed ||= after !== before;
      }
      if (changed) onChange();
    },
    members: () => [...members.values()],
  };
}

function put(members: Map<string, Member>, uid: string, member: Member | undefined): void {
  if (member === undefined) members.delete(uid);
  else members.set(uid, member);
}

/** A pod's status changes often in ways that make no other member of it. */
function sameOr(before: Member | undefined, after: Member | undefined): Member | undefined {
  return isDeepStrictEqual(before, after) ? before : after;
}
