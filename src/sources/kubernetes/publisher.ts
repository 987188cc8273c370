import type { Member } from '../../core/members.ts';
import type { PolicyObject } from '../../core/policy.ts';
import type { Problem } from '../problems/problem.ts';
import { createProblemLog, type ProblemListener } from '../problems/problem-log.ts';
import type { Pods } from './pods.ts';
import type { PolicyObjects } from './policy-objects.ts';
import { membersOf, type Scope } from './scope.ts';

/** Who is told of problems and of every new state. */
export interface KubernetesReport extends ProblemListener {
  loaded(counts: { readonly objects: number; readonly problems: number }): void;
}

/** Where the objects of all kinds go. */
export interface PublisherOptions {
  readonly scope: Scope;
  readonly policies: readonly PolicyObjects[];
  readonly pods: readonly Pods[];
  readonly publishPolicy: (objects: readonly PolicyObject[]) => void;
  readonly publishMembers: (members: readonly Member[]) => void;
  readonly report: KubernetesReport;
}

/** Publishes whole slices when some kind has changed. */
export interface Publisher {
  readonly policyChanged: () => void;
  readonly podsChanged: () => void;
}

/**
 * Creates a publisher. Of all pods only those are published that a pool selects: in a cluster most pods are
 * somebody else's, and their comings and goings must not rebuild the snapshot.
 */
export function createPublisher(options: PublisherOptions): Publisher {
  const { scope, policies, pods, report } = options;
  const log = createProblemLog(report);
  let published: readonly Member[] = [];

  function podsChanged(): void {
    const all = pods.flatMap((each) => each.members());
    const pools = policies.flatMap((each) => each.values()).filter((object) => object.kind === 'pool');
    const wanted =
      scope.kind === 'selector' ? all : all.filter((pod) => pools.some((pool) => selects(pool, pod)));
    if (sameList(wanted, published)) return;
    options.publishMembers(membersOf(scope, wanted));
    published = wanted;
  }

  return {
    podsChanged,
    policyChanged: () => {
      const objects = policies.flatMap((each) => each.values());
      const problems: readonly Problem[] = policies.flatMap((each) => each.problems());
      options.publishPolicy(objects);
      podsChanged();
      log.update(problems);
      report.loaded({ objects: objects.length, problems: problems.length });
    },
  };
}

function selects(pool: Extract<PolicyObject, { kind: 'pool' }>, { namespace, labels }: Member): boolean {
  if (namespace !== pool.meta.namespace) return false;
  return [...pool.selector].every(([key, value]) => labels?.get(key) === value);
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
