import type { Member } from '../../core/members.ts';
import type { PolicyObject, PoolObject } from '../../core/policy.ts';
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
  /** Publishes the pods of these pools too, which come from elsewhere. */
  readonly alsoSelect: (pools: readonly PoolObject[]) => void;
}

/**
 * Creates a publisher. Of all pods only those are published that a pool selects: in a cluster most pods are
 * somebody else's, and their comings and goings must not rebuild the snapshot.
 */
export function createPublisher(options: PublisherOptions): Publisher {
  const { scope, policies, pods, report } = options;
  const log = createProblemLog(report);
  let published: readonly Member[] = [];
  let others: readonly PoolObject[] = [];
  let isSelected = selectedBy([]);

  function podsChanged(): void {
    const all = pods.flatMap((each) => each.members());
    const wanted = scope.kind === 'selector' ? all : all.filter(isSelected);
    if (sameList(wanted, published)) return;
    options.publishMembers(membersOf(scope, wanted));
    published = wanted;
  }

  function poolsChanged(): void {
    const own = policies.flatMap((each) => each.values()).filter((object) => object.kind === 'pool');
    isSelected = selectedBy([...own, ...others]);
    podsChanged();
  }

  return {
    podsChanged,
    alsoSelect: (pools) => {
      others = pools;
      poolsChanged();
    },
    policyChanged: () => {
      const objects = policies.flatMap((each) => each.values());
      const problems: readonly Problem[] = policies.flatMap((each) => each.problems());
      options.publishPolicy(objects);
      poolsChanged();
      log.update(problems);
      report.loaded({ objects: objects.length, problems: problems.length });
    },
  };
}

/** Tells whether some pool selects a pod; each pod is looked at once, since most events are about another one. */
function selectedBy(pools: readonly PoolObject[]): (member: Member) => boolean {
  const verdicts = new WeakMap<Member, boolean>();
  return (member) => {
    const known = verdicts.get(member);
    if (known !== undefined) return known;
    const verdict = pools.some((pool) => selects(pool, member));
    verdicts.set(member, verdict);
    return verdict;
  };
}

function selects(pool: PoolObject, { namespace, labels }: Member): boolean {
  if (namespace !== pool.meta.namespace) return false;
  return [...pool.selector].every(([key, value]) => labels?.get(key) === value);
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index]);
}
