import { Counter, Gauge, type Registry } from 'prom-client';

/** The state of one watch, as a series shows it. */
export interface WatchSeries {
  readonly kind: string;
  readonly group: string;
  /** Empty for all namespaces. */
  readonly namespace: string;
  readonly state: string;
}

/** What the metrics of the Kubernetes source show at the moment of a scrape. */
export interface WatchFigures {
  readonly oldSinceMs: number | undefined;
  readonly watches: readonly WatchSeries[];
}

/** Everything that is counted of the API server. */
export interface KubernetesMetrics {
  readonly failed: (kind: string, request: 'list' | 'watch', reason: string) => void;
  readonly listed: (kind: string) => void;
  /** Shows these figures; without it, in file mode, there are no such series. */
  readonly follow: (figures: () => WatchFigures) => void;
}

/** Registers the metrics of the Kubernetes source; `now` is a clock in milliseconds. */
export function createKubernetesMetrics(registry: Registry, now: () => number): KubernetesMetrics {
  const registers = [registry];
  const failures = new Counter({
    name: 'serin_kubernetes_request_failures_total',
    help: 'Requests to the API server without a good answer, by kind and reason',
    labelNames: ['kind', 'request', 'reason'],
    registers,
  });
  const lists = new Counter({
    name: 'serin_kubernetes_lists_total',
    help: 'Times that a kind was listed as a whole',
    labelNames: ['kind'],
    registers,
  });
  return {
    failed: (kind, request, reason) => failures.inc({ kind, request, reason }),
    listed: (kind) => lists.inc({ kind }),
    follow: (figures) => {
      new Gauge({
        name: 'serin_kubernetes_view_age_seconds',
        help: 'For how long some part of the view of the cluster has not been current; 0 if all of it is',
        registers,
        collect() {
          const { oldSinceMs } = figures();
          this.set(oldSinceMs === undefined ? 0 : (now() - oldSinceMs) / 1000);
        },
      });
      new Gauge({
        name: 'serin_kubernetes_watch_state',
        help: '1 for the state that the watch of a kind is in',
        labelNames: ['group', 'kind', 'namespace', 'state'],
        registers,
        collect() {
          this.reset();
          for (const { group, kind, namespace, state } of figures().watches) {
            this.set({ group, kind, namespace, state }, 1);
          }
        },
      });
    },
  };
}
