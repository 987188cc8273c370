import { expect, test } from 'vitest';
import { checkSerin, endpointStates } from '../../src/doctor/check-serin.ts';

const READY = { ready: true, waitingFor: [] };
const FULL_DUPLEX = 'serin_body_mode_total{mode="full-duplex",source="protocol_config"} 3';

/** What the doctor says of a Serin with these series. */
function said(series: readonly string[], readyz: unknown = READY) {
  const metrics = Buffer.from(`${series.join('\n')}\n`);
  const findings = checkSerin({ kind: 'answers', where: 'serin:9090', readyz, metrics });
  return findings.map(({ kind, check, message }) => `${kind} ${check}: ${message}`);
}

test('a Serin that is well is ready, has seen bodies, and had no stream reset', () => {
  expect(said([FULL_DUPLEX])).toEqual([
    'ok Serin: serin:9090 is ready',
    'ok body mode: 3 requests came full-duplex',
    'ok streams: none was reset before its reply',
  ]);
});

test('one that does not answer, or is another server, is one fault', () => {
  expect(checkSerin({ kind: 'silent', where: 'serin:9090', problem: 'ECONNREFUSED' })).toEqual([
    expect.objectContaining({ kind: 'fault', check: 'Serin', message: 'serin:9090: ECONNREFUSED' }),
  ]);
  expect(said([FULL_DUPLEX], 'ok')[0]).toBe('fault Serin: serin:9090: /readyz is not Serin’s');
});

test('one that is not ready is a fault, with what it waits for', () => {
  expect(said([FULL_DUPLEX], { ready: false, waitingFor: ['manifests', 'kubernetes'] })[0]).toBe(
    'fault Serin: serin:9090 is not ready: waits for manifests, kubernetes',
  );
});

test('kinds that RBAC forbids to the running Serin are faults with their rule, an old view is a warning', () => {
  const kinds = [
    {
      kind: 'LLMRoute',
      apiVersion: 'x/v1',
      namespace: 'llm',
      state: 'forbidden',
      missingRule: { verbs: ['list'] },
    },
    { kind: 'Pod', apiVersion: 'v1', state: 'current' },
  ];
  const readyz = { ...READY, kubernetes: { oldForSeconds: 61.5, kinds } };
  expect(said([FULL_DUPLEX], readyz).slice(1, 3)).toEqual([
    'fault Serin: may not read LLMRoute (x/v1) in llm, so it counts as empty',
    'warning Serin: its view of the cluster is 61.5 s old',
  ]);
  const young = { ...READY, kubernetes: { oldForSeconds: 3, kinds: [] } };
  expect(said([FULL_DUPLEX], young)).toEqual(said([FULL_DUPLEX]));
});

test('body modes are judged by what Serin can do in them', () => {
  const modes = ['none', 'streamed', 'buffered'].map(
    (mode) => `serin_body_mode_total{mode="${mode}",source="order"} 2`,
  );
  expect(said(modes).filter((line) => line.includes('body mode'))).toEqual([
    'fault body mode: 2 requests came without their bodies (NONE), so no model name was read or replaced',
    'warning body mode: 2 requests came STREAMED, so their pods were picked before the model was known',
    'ok body mode: 2 requests came buffered',
    'warning body mode: 6 streams did not say their body mode, so it was guessed from the order of their messages',
  ]);
  expect(said([])[1]).toBe('warning body mode: Serin has seen no request with a body yet');
});

test('streams that were reset are told by what they waited for', () => {
  const resets = ['body', 'decision', 'mode'].map((at) => `serin_streams_reset_total{awaiting="${at}"} 1`);
  expect(said([FULL_DUPLEX, ...resets, 'serin_protocol_errors_total 4']).slice(2)).toEqual([
    'warning streams: 1 streams ended before the request body was there: clients went, or Envoy gave up',
    'fault streams: 1 streams were reset while they waited for Serin’s decision',
    'fault streams: 1 streams were reset while they waited for Serin’s first reply',
    'fault streams: 4 messages came in an order that the protocol does not have',
  ]);
});

test('rejections and refusals show an authority or a TLS mode that is wrong', () => {
  const series = [
    'serin_rejections_total{reason="pool_ambiguous"} 2',
    'serin_rejections_total{reason="unknown_host"} 1',
    'serin_rejections_total{reason="overloaded"} 9',
    'serin_connections_refused_total 5',
    'serin_faults_total 1',
  ];
  expect(said([FULL_DUPLEX, ...series]).slice(3)).toEqual([
    'warning authority: 2 requests could have been meant for several pools',
    'warning authority: 1 requests had a host that no LLMRoute serves',
    'warning TLS: 5 connections to the gRPC port were refused',
    'fault Serin: 1 faults of Serin’s own',
  ]);
});

test('the state of an endpoint is the one whose series is 1', () => {
  const page = ['unknown 0', 'fresh 1', 'dead 0'].map((text) => {
    const [state, value] = text.split(' ');
    return `serin_endpoint_state{endpoint="10.0.0.1:8000",state="${state}"} ${value}`;
  });
  expect(endpointStates(Buffer.from(page.join('\n')))).toEqual(new Map([['10.0.0.1:8000', 'fresh']]));
});
