import { onTestFinished } from 'vitest';
import type { PolicyObject } from '../../../src/core/policy.ts';
import type { Snapshot } from '../../../src/core/snapshot.ts';
import {
  createKubernetesSource,
  type KubernetesSource,
} from '../../../src/sources/kubernetes/kubernetes-source.ts';
import type { Scope } from '../../../src/sources/kubernetes/scope.ts';
import { KUBERNETES_TIMING, type KubernetesTiming } from '../../../src/sources/kubernetes/timing.ts';
import { formatProblem } from '../../../src/sources/problems/problem.ts';
import { createStore } from '../../../src/state/store.ts';
import type { FakeApi } from './fake-api-server.ts';

/** A source that follows a fake API server into a store. */
export interface Following {
  readonly source: KubernetesSource;
  readonly snapshot: () => Snapshot;
  /** How often each slice was published. */
  readonly published: { policy: number; members: number };
  /** Names of the members that were published last. */
  readonly members: () => readonly string[];
  /** Problems and their ends, as they were told. */
  readonly told: readonly string[];
  /** `kind request reason` of every failed request. */
  readonly failures: readonly string[];
  readonly lists: readonly string[];
  /** Addresses of a pool, in order. */
  readonly addresses: (pool?: string) => readonly string[];
  /** Targets of a model with their weights. */
  readonly targets: (model: string, pool?: string) => Readonly<Record<string, number>> | string | undefined;
  /** The roles of a model's targets. */
  readonly roles: (model: string) => Readonly<Record<string, string>>;
  /** The states of all kinds that are not absent. */
  readonly states: () => Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** Times for tests that await what happens soon; what should not happen by itself has its times of production. */
export const QUICK: KubernetesTiming = {
  ...KUBERNETES_TIMING,
  discoveryMs: 40,
  confirmAbsentMs: 10,
  firstBackoffMs: 10,
  maxBackoffMs: 40,
  deniedMs: 40,
};

export const POOL_SCOPE: Scope = { kind: 'pool', namespace: 'default', name: 'pool' };

/** What differs from a source that works on one pool. */
export interface FollowOptions {
  readonly scope?: Scope;
  readonly timing?: Partial<KubernetesTiming>;
  /** Called with each slice of members, before it is published. */
  readonly onMembers?: () => void;
  /** The same for policy. */
  readonly onPolicy?: () => void;
}

/** Follows the server until the test ends. */
export function follow(
  api: FakeApi,
  {
    scope = POOL_SCOPE,
    timing = {},
    onMembers = () => undefined,
    onPolicy = () => undefined,
  }: FollowOptions = {},
): Following {
  const published = { policy: 0, members: 0 };
  let names: readonly string[] = [];
  const told: string[] = [];
  const failures: string[] = [];
  const lists: string[] = [];
  const store = createStore({ poolName: undefined, onSlotFreed: () => undefined });
  const source = createKubernetesSource({
    scope,
    access: async () => api.access,
    publishPolicy: (objects: readonly PolicyObject[]) => {
      onPolicy();
      published.policy += 1;
      store.publishPolicy('kubernetes', objects);
    },
    publishMembers: (members) => {
      onMembers();
      published.members += 1;
      names = members.map(({ name }) => name);
      store.publishMembers('kubernetes', members);
    },
    report: {
      problem: (problem) => void told.push(formatProblem(problem)),
      recovered: (problem) => void told.push(`mended: ${formatProblem(problem)}`),
      loaded: () => undefined,
    },
    timing: { ...QUICK, ...timing },
    counts: {
      failed: (...words) => void failures.push(words.join(' ')),
      listed: (kind) => void lists.push(kind),
    },
    onView: () => undefined,
    now: () => performance.now(),
    random: () => 0.5,
  });
  const stop = new AbortController();
  const ended = source.run(stop.signal);
  const end = async () => {
    stop.abort();
    await ended;
  };
  onTestFinished(end);
  const ruleOf = (model: string, pool: string) => {
    const [found] = [...store.current().pools.values()].filter(({ key }) => key === pool);
    const [, rule] = [...(found?.rules ?? [])].find(([name]) => name === model) ?? [];
    return rule;
  };
  return {
    ...{ source, published, told, failures, lists, stop: end },
    snapshot: store.current,
    members: () => names,
    addresses: (pool = 'default/pool') =>
      [...store.current().pools.values()]
        .filter(({ key }) => key === pool)
        .flatMap(({ endpoints }) => endpoints.map(({ address }) => address))
        .sort(),
    roles: (model) => {
      const rule = ruleOf(model, 'default/pool');
      return Object.fromEntries(
        rule?.kind === 'weighted' ? rule.targets.map(({ name, role }) => [name, role]) : [],
      );
    },
    targets: (model, pool = 'default/pool') => {
      const rule = ruleOf(model, pool);
      if (rule?.kind !== 'weighted') return rule?.problem;
      return Object.fromEntries(rule.targets.map(({ name, wanted }) => [name, wanted]));
    },
    states: () => {
      const kinds = source.view().kinds.filter(({ state }) => state.kind !== 'absent');
      return Object.fromEntries(
        kinds.map(({ kind, group, version, state }) => [`${kind} ${group}/${version}`, state.kind]),
      );
    },
  };
}
