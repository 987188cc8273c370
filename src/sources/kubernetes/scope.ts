import type { Member } from '../../core/members.ts';
import type { Selection } from './list.ts';
import { PODS, POLICY_KINDS, POOL_KINDS, type ReadKind, type Resource } from './resource.ts';

/** What of a cluster is read. */
export type Scope =
  /** One pool and what refers to it. */
  | { readonly kind: 'pool'; readonly namespace: string; readonly name: string }
  /** All pools of some namespaces, or of all if none is named. */
  | { readonly kind: 'all'; readonly namespaces: readonly string[] }
  /** The pods of a selector, without any InferencePool. */
  | {
      readonly kind: 'selector';
      readonly namespace: string;
      readonly labelSelector: string;
      readonly ports: readonly number[];
    };

/** The kinds that a scope needs if the cluster has them. */
export function kindsOf(scope: Scope): readonly ReadKind[] {
  return scope.kind === 'selector' ? POLICY_KINDS : [...POOL_KINDS, ...POLICY_KINDS];
}

/** The namespaces that are watched one by one; `undefined` stands for all at once. */
export function namespacesOf(scope: Scope): readonly (string | undefined)[] {
  if (scope.kind !== 'all') return [scope.namespace];
  return scope.namespaces.length === 0 ? [undefined] : scope.namespaces;
}

/** What is asked for of one kind in one namespace. */
export function selectionOf(scope: Scope, resource: Resource, namespace: string | undefined): Selection {
  const selection = { resource, namespace };
  if (scope.kind === 'pool' && resource.kind === 'InferencePool') {
    return { ...selection, fieldSelector: `metadata.name=${scope.name}` };
  }
  if (scope.kind === 'selector' && resource === PODS) {
    return { ...selection, labelSelector: scope.labelSelector };
  }
  return selection;
}

/** The members that a scope makes of pods; those of a selector bring their ports and need no pool object. */
export function membersOf(scope: Scope, pods: readonly Member[]): readonly Member[] {
  if (scope.kind !== 'selector') return pods;
  return pods.flatMap((pod) =>
    scope.ports.map((port) => ({ ...pod, port, labels: undefined, namespace: undefined })),
  );
}
