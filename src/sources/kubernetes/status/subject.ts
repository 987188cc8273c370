import type { PoolKey } from '../../../core/names.ts';
import { poolKey } from '../../../core/names.ts';
import type { Observed } from '../observed.ts';
import type { Policy, PolicyEntry } from '../policy-objects.ts';
import type { ReadKind } from '../resource.ts';
import type { Scope } from '../scope.ts';

/** An object that has conditions to be written. */
export interface Subject {
  readonly observed: Observed;
  readonly policy: Policy;
  /** The name of its kind in URLs. */
  readonly plural: string;
  readonly pool: PoolKey;
}

const KINDS: ReadonlySet<string> = new Set(['InferenceModel', 'InferenceModelRewrite']);

/** The subjects among the objects of a kind; those that say nothing about a pool are nobody's. */
export function subjectsOf({ kind, plural }: ReadKind, entries: readonly PolicyEntry[]): readonly Subject[] {
  if (!KINDS.has(kind)) return [];
  return entries.flatMap(({ observed, policy }) => {
    const object = policy.good ?? policy.fallback;
    if (observed === undefined || object === undefined || !('pool' in object)) return [];
    return [{ observed, policy, plural, pool: object.pool }];
  });
}

/** Tells whether the pool of a subject is one that this process serves: others write about the others. */
export function isOwnPool(
  scope: Scope,
  served: { readonly has: (key: PoolKey) => boolean },
): (key: PoolKey) => boolean {
  switch (scope.kind) {
    case 'pool': {
      const own = poolKey(scope.namespace, scope.name);
      return (key) => key === own;
    }
    case 'all':
      return () => true;
    case 'selector':
      return (key) => served.has(key);
  }
}
