import type { RunningSource, SourceDeps } from './app-sources.ts';
import { writeStatus } from './app-status.ts';
import type { PoolObject } from './core/policy.ts';
import { clusterPage } from './server/cluster-page.ts';
import { findCluster } from './sources/kubernetes/cluster-access.ts';
import { type ClusterView, viewOldSince } from './sources/kubernetes/cluster-view.ts';
import { createKubernetesSource } from './sources/kubernetes/kubernetes-source.ts';
import type { KubernetesReport } from './sources/kubernetes/publisher.ts';
import type { Scope } from './sources/kubernetes/scope.ts';
import { KUBERNETES_TIMING } from './sources/kubernetes/timing.ts';
import { formatProblem } from './sources/problems/problem.ts';
import type { WatchFigures } from './telemetry/kubernetes-metrics.ts';
import { createViewLog } from './telemetry/view-log.ts';

const SOURCE = 'kubernetes';

/** A source of a cluster's objects that also finds the pods of pools in files. */
export interface ClusterSource extends RunningSource {
  readonly alsoSelect: (pools: readonly PoolObject[]) => void;
}

/** Builds the source that follows a cluster. */
export function kubernetesSource(scope: Scope, deps: SourceDeps): ClusterSource {
  const { config, store, metrics, log } = deps;
  const access = () => findCluster(config.kubeconfig);
  const source = createKubernetesSource({
    scope,
    access,
    publishPolicy: (objects) => store.publishPolicy(SOURCE, objects),
    publishMembers: (members) => store.publishMembers(SOURCE, members),
    report: kubernetesReport(deps),
    timing: KUBERNETES_TIMING,
    counts: metrics.kubernetes,
    onView: createViewLog(log),
    now: deps.now,
    random: deps.random,
  });
  metrics.kubernetes.follow(() => figuresOf(source.view()));
  return {
    condition: { name: SOURCE, met: source.synced },
    detail: () => clusterPage(source.view(), { nowMs: deps.now(), epochMs: Date.now() }),
    alsoSelect: source.alsoSelect,
    run: async (signal) => {
      const status = config.writeStatus ? [writeStatus({ scope, access, source }, deps, signal)] : [];
      await Promise.all([source.run(signal), ...status]);
    },
  };
}

function figuresOf(view: ClusterView): WatchFigures {
  const watches = view.kinds.map(({ kind, group, namespace = '', state }) => ({
    ...{ kind, group, namespace },
    state: state.kind,
  }));
  return { oldSinceMs: viewOldSince(view), watches };
}

function kubernetesReport({ metrics, log, problems: standing }: SourceDeps): KubernetesReport {
  return {
    problem: (problem) => {
      metrics.reloadError(SOURCE);
      standing.stands(SOURCE, formatProblem(problem));
      log.error({ source: SOURCE }, formatProblem(problem));
    },
    recovered: (problem) => {
      standing.mended(SOURCE, formatProblem(problem));
      log.info({ source: SOURCE }, `mended: ${formatProblem(problem)}`);
    },
    loaded: ({ objects, problems }) => {
      metrics.loaded(SOURCE, { objects, problems, skipped: new Map() });
      log.debug({ source: SOURCE, objects, problems }, 'read');
    },
  };
}
