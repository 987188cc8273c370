import { aborted } from '../../aborted.ts';
import type { PoolObject } from '../../core/policy.ts';
import { createWake } from '../files/wake.ts';
import { createOpenApi } from './api-server.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { type ClusterView, isSynced } from './cluster-view.ts';
import { runDiscovery } from './discovery-loop.ts';
import { createPods } from './pods.ts';
import { createPolicyObjects } from './policy-objects.ts';
import { createPublisher, type Publisher, type PublisherOptions } from './publisher.ts';
import type { ObjectSink, ReflectorDeps } from './reflection.ts';
import { POD_KIND, PODS, type ReadKind } from './resource.ts';
import { kindsOf, namespacesOf, type Scope } from './scope.ts';
import { type Subject, subjectsOf } from './status/subject.ts';
import { createWatchedKind, type WatchedKind } from './watched-kind.ts';

/** What is counted of requests to the API server. */
export interface KubernetesCounts {
  readonly failed: (kind: string, request: 'list' | 'watch', reason: string) => void;
  readonly listed: (kind: string) => void;
}

/** What the source of a cluster's objects needs. */
export interface KubernetesSourceOptions
  extends Pick<PublisherOptions, 'publishPolicy' | 'publishMembers' | 'report'>,
    Omit<ReflectorDeps, 'open'> {
  readonly scope: Scope;
  /** Finds the API server; what it throws ends the source. */
  readonly access: () => Promise<ClusterAccess>;
  readonly counts: KubernetesCounts;
  /** Called when a watch has changed its state. */
  readonly onView: (view: ClusterView) => void;
}

/** A source that follows a cluster until it is stopped. */
export interface KubernetesSource {
  /** Resolves once everything that can be read was read and published. */
  readonly synced: Promise<void>;
  readonly view: () => ClusterView;
  /** Publishes the pods of these pools too, which come from files. */
  readonly alsoSelect: (pools: readonly PoolObject[]) => void;
  /** The objects whose status can be written. */
  readonly subjects: () => readonly Subject[];
  run(signal: AbortSignal): Promise<void>;
}

/** One kind in one namespace, and where its objects go. */
interface Cell {
  readonly kind: ReadKind;
  readonly namespace: string | undefined;
  readonly sink: ObjectSink;
}

/** Creates a source of a cluster's pods and policy objects. */
export function createKubernetesSource(options: KubernetesSourceOptions): KubernetesSource {
  const { promise: synced, resolve } = Promise.withResolvers<void>();
  const { cells, publisher, subjects } = createCells(options);
  const kinds = kindsOf(options.scope);
  let watched: readonly WatchedKind[] = [];
  let discovery: ClusterView['discovery'];

  const view = (): ClusterView => ({ kinds: watched.map(kindView), discovery });

  function changed(): void {
    const now = view();
    options.onView(now);
    if (isSynced(now)) resolve();
  }

  return {
    synced,
    view,
    alsoSelect: publisher.alsoSelect,
    subjects,
    run: async (signal) => {
      const deps = { ...options, open: createOpenApi(await options.access()) };
      const crew = createCrew();
      const wake = createWake();
      const { failed, listed } = options.counts;
      const listener = { changed, failed, listed, missing: wake.rouse };
      const { scope } = options;
      const create = (cell: Cell) =>
        createWatchedKind({ ...cell, scope, deps, listener, keep: crew.keep, signal });
      watched = cells.map(create);
      for (const each of watched) if (each.kind === POD_KIND) each.follow({ kind: 'served', resource: PODS });
      const onLook = (trouble: ClusterView['discovery']) => {
        discovery = trouble;
        changed();
      };
      crew.keep(runDiscovery({ kinds, watched, deps, wake, onLook }, signal));
      await crew.untilAborted(signal);
    },
  };
}

function kindView({ kind: { group, kind, plural }, namespace, version, state }: WatchedKind) {
  return { group, kind, plural, namespace, version: version(), state: state() };
}

function createCells(options: KubernetesSourceOptions): {
  readonly cells: readonly Cell[];
  readonly publisher: Publisher;
  readonly subjects: () => readonly Subject[];
} {
  const { scope } = options;
  const namespaces = namespacesOf(scope);
  const pods = namespaces.map((namespace) => ({
    kind: POD_KIND,
    namespace,
    sink: createPods(() => publisher.podsChanged()),
  }));
  const policies = namespaces.flatMap((namespace) =>
    kindsOf(scope).map((kind) => ({
      kind,
      namespace,
      sink: createPolicyObjects(() => publisher.policyChanged()),
    })),
  );
  const publisher = createPublisher({
    ...options,
    pods: pods.map(({ sink }) => sink),
    policies: policies.map(({ sink }) => sink),
  });
  return {
    cells: [...pods, ...policies],
    publisher,
    subjects: () => policies.flatMap(({ kind, sink }) => subjectsOf(kind, sink.entries())),
  };
}

/** The loops of a source: they are waited for, and one that breaks ends the source. */
interface Crew {
  readonly keep: (loop: Promise<void>) => void;
  readonly untilAborted: (signal: AbortSignal) => Promise<void>;
}

function createCrew(): Crew {
  const loops = new Set<Promise<void>>();
  const fault = Promise.withResolvers<void>();
  return {
    keep: (loop) => {
      const kept = loop.catch(fault.reject).finally(() => loops.delete(kept));
      loops.add(kept);
    },
    untilAborted: async (signal) => {
      await Promise.race([aborted(signal), fault.promise]);
      await Promise.all(loops);
    },
  };
}
