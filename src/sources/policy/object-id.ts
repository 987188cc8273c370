import type { ObjectMeta } from '../../core/policy.ts';

/** What an object is called in reports, and what makes it the same object after an edit. */
export function objectId({ kind, namespace, name }: ObjectMeta): string {
  return `${kind} ${namespace}/${name}`;
}
