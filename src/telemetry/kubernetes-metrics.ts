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

/** What a request to the API server is for. */
export type RequestToApi = 'list' | 'watch' | 'lease' | 'status';

/** Everything that is counted of the API server. */
export interface KubernetesMetrics {
  readonly failed: (kind: string, request: RequestToApi, reason: string) => void;
  readonly listed: (kind: string) => void;
  /** The conditions of an object were written. */
  readonly written: (kind: string) => void;
  /** Shows whether this replica is the one that writes; without it there is no such series. */
  readonly leads: (leading: boolean) => void;
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
    ...statusMetrics(registry),
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

function statusMetrics(registry: Registry) {
  const registers = [registry];
  const writes = new Counter({
    name: 'serin_kubernetes_status_writes_total',
    help: 'Objects whose conditions were written, by kind',
    labelNames: ['kind'],
    registers,
  });
  let leader: Gauge | undefined;
  return {
    written: (kind: string) => writes.inc({ kind }),
    leads: (leading: boolean) => {
      leader ??= new Gauge({
        name: 'serin_kubernetes_status_leader',
        help: '1 in the replica that writes the conditions of objects',
        registers,
      });
      leader.set(leading ? 1 : 0);
    },
  };
}
