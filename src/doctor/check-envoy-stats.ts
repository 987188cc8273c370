import { type Finding, findingsOf } from './finding.ts';

/** Envoy's counters by their full names. */
export type EnvoyStats = ReadonlyMap<string, number>;

const { ok, warning, fault } = findingsOf('Envoy counters');

interface Symptom {
  readonly of: 'ext_proc' | 'cluster';
  readonly stat: string;
  readonly report: typeof warning;
  readonly means: string;
  readonly fix: string;
}

/** What Envoy counts when something between it and Serin goes wrong. */
const SYMPTOMS: readonly Symptom[] = [
  {
    of: 'ext_proc',
    stat: 'streams_failed',
    report: warning,
    means: 'streams to Serin failed or were reset',
    fix: 'compare :authority, TLS and limits (above), and see whether Serin was restarted meanwhile',
  },
  {
    of: 'ext_proc',
    stat: 'message_timeouts',
    report: warning,
    means: 'replies did not come within message_timeout',
    fix: 'message_timeout longer than --decision-timeout; see serin_event_loop_lag_seconds',
  },
  {
    of: 'ext_proc',
    stat: 'spurious_msgs_received',
    report: fault,
    means: 'replies did not fit the body mode',
    fix: 'take --body-mode, --response-body-mode and x-epp-body-mode away, or make them Envoy’s modes',
  },
  {
    of: 'ext_proc',
    stat: 'rejected_header_mutations',
    report: fault,
    means: 'headers that Serin set were refused',
    fix: 'let mutation_rules of ext_proc allow x-gateway-destination-endpoint and content-length',
  },
  {
    of: 'ext_proc',
    stat: 'failure_mode_allowed',
    report: warning,
    means: 'requests went on without Serin',
    fix: 'failure_mode_allow: false',
  },
  {
    of: 'cluster',
    stat: 'ssl.connection_error',
    report: fault,
    means: 'TLS handshakes with Serin failed',
    fix: 'make the TLS mode of the cluster Serin’s (--secure-serving), and its certificates too (--cert-path, --client-ca)',
  },
  {
    of: 'cluster',
    stat: 'upstream_cx_connect_fail',
    report: warning,
    means: 'connections to Serin failed',
    fix: 'see whether the cluster has Serin’s address and --grpc-port, and whether a NetworkPolicy lets Envoy through',
  },
  {
    of: 'cluster',
    stat: 'upstream_rq_pending_overflow',
    report: fault,
    means: 'requests were refused by the circuit breaker of the cluster',
    fix: 'circuit_breakers: {thresholds: [{max_requests: 65536, max_pending_requests: 65536}]}',
  },
];

/** Says what Envoy has counted of failures between itself and Serin's clusters. */
export function checkEnvoyStats(stats: EnvoyStats, clusters: readonly string[]): readonly Finding[] {
  const found = SYMPTOMS.flatMap(({ of, stat, report, means, fix }) => {
    const wanted = (name: string) =>
      of === 'ext_proc'
        ? name.includes('.ext_proc.') && name.endsWith(`.${stat}`)
        : clusters.some((cluster) => name === `cluster.${cluster}.${stat}`);
    const count = [...stats].reduce((total, [name, value]) => (wanted(name) ? total + value : total), 0);
    return count === 0 ? [] : [report(`${stat} is ${count}: ${means}`, fix)];
  });
  return found.length > 0 ? found : [ok('none tells of a failure between Envoy and Serin')];
}
