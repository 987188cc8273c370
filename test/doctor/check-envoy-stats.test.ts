import { expect, test } from 'vitest';
import { checkEnvoyStats } from '../../src/doctor/check-envoy-stats.ts';

function said(stats: Readonly<Record<string, number>>) {
  return checkEnvoyStats(new Map(Object.entries(stats)), ['serin']).map(
    ({ kind, message }) => `${kind}: ${message}`,
  );
}

test('counters of failures that are all 0 are one line', () => {
  expect(said({ 'http.in.ext_proc.streams_failed': 0, 'cluster.serin.ssl.connection_error': 0 })).toEqual([
    'ok: none tells of a failure between Envoy and Serin',
  ]);
});

test('each counter says what it means; those of all listeners add up', () => {
  expect(
    said({
      'http.in.ext_proc.streams_failed': 2,
      'http.other.ext_proc.streams_failed': 3,
      'http.in.ext_proc.message_timeouts': 1,
      'http.in.ext_proc.spurious_msgs_received': 1,
      'http.in.ext_proc.rejected_header_mutations': 1,
      'http.in.ext_proc.failure_mode_allowed': 1,
      'cluster.serin.ssl.connection_error': 4,
      'cluster.serin.upstream_cx_connect_fail': 1,
      'cluster.serin.upstream_rq_pending_overflow': 1,
    }),
  ).toEqual([
    'warning: streams_failed is 5: streams to Serin failed or were reset',
    'warning: message_timeouts is 1: replies did not come within message_timeout',
    'fault: spurious_msgs_received is 1: replies did not fit the body mode',
    'fault: rejected_header_mutations is 1: headers that Serin set were refused',
    'warning: failure_mode_allowed is 1: requests went on without Serin',
    'fault: ssl.connection_error is 4: TLS handshakes with Serin failed',
    'warning: upstream_cx_connect_fail is 1: connections to Serin failed',
    'fault: upstream_rq_pending_overflow is 1: requests were refused by the circuit breaker of the cluster',
  ]);
});

test('failures of other clusters are none of Serin’s', () => {
  expect(said({ 'cluster.vllm.upstream_cx_connect_fail': 7 })).toEqual([
    'ok: none tells of a failure between Envoy and Serin',
  ]);
});
