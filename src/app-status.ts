import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { SourceDeps } from './app-sources.ts';
import type { ClusterAccess } from './sources/kubernetes/cluster-access.ts';
import type { KubernetesSource } from './sources/kubernetes/kubernetes-source.ts';
import type { Scope } from './sources/kubernetes/scope.ts';
import { runStatus, type StatusReport } from './sources/kubernetes/status/status.ts';
import { STATUS_TIMING } from './sources/kubernetes/status/timing.ts';
import type { KubernetesMetrics } from './telemetry/kubernetes-metrics.ts';
import type { Log } from './telemetry/log.ts';

/** The cluster whose objects get conditions. */
export interface WrittenCluster {
  readonly scope: Scope;
  readonly access: () => Promise<ClusterAccess>;
  readonly source: KubernetesSource;
}

/** Writes what Serin makes of a cluster's objects into their status, until the signal aborts. */
export function writeStatus(
  { scope, access, source }: WrittenCluster,
  { config, store, load, metrics, log, now, random }: SourceDeps,
  signal: AbortSignal,
): Promise<void> {
  return runStatus(
    {
      scope,
      access,
      namespace: config.poolNamespace,
      identity: `${hostname()}_${randomUUID()}`,
      synced: source.synced,
      subjects: source.subjects,
      snapshot: store.current,
      load,
      report: statusReport(metrics.kubernetes, log),
      timing: STATUS_TIMING,
      now,
      date: () => new Date(),
      random,
    },
    signal,
  );
}

function statusReport({ failed, written, leads }: KubernetesMetrics, log: Log): StatusReport {
  leads(false);
  return {
    failed,
    written,
    leads: (leading) => {
      leads(leading);
      log.info({ leading }, leading ? 'writes the status of objects' : 'leaves status to another replica');
    },
    trouble: (what, problem) => log.warn({ what, problem }, 'status is not written'),
    mended: (what) => log.info({ what }, 'status can be written again'),
  };
}
