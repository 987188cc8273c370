import { expect, test } from 'vitest';
import { checkListener } from '../../src/doctor/check-listener.ts';
import { checkPickerCluster } from '../../src/doctor/check-picker-cluster.ts';
import type { ClusterFact } from '../../src/doctor/envoy-clusters.ts';
import type { ListenerFact } from '../../src/doctor/listener.ts';
import { cluster } from './envoy.ts';

const where = 'serin:9002';
const TLS: ListenerFact = { kind: 'tls', where, authorities: new Map(), selfSigned: true };
const PLAINTEXT: ListenerFact = { kind: 'plaintext', where, authorities: new Map() };
const SILENT: ListenerFact = { kind: 'silent', where, problem: 'ECONNREFUSED' };

function said(changes: Partial<ClusterFact>, listener?: ListenerFact) {
  const facts = { clusterName: 'serin', cluster: cluster(changes), listener };
  return checkPickerCluster(facts).map(({ kind, check, message }) => `${kind} ${check}: ${message}`);
}

const OPEN = 'ok Envoy cluster: the cluster serin speaks HTTP/2, and up to 65536 requests may be open';

test('cluster and port that speak alike are well', () => {
  expect(said({}, TLS)).toEqual([OPEN, 'ok TLS: Envoy’s cluster serin and serin:9002 both speak tls']);
  expect(said({ tls: 'plaintext' }, PLAINTEXT)).toEqual([
    OPEN,
    'ok TLS: Envoy’s cluster serin and serin:9002 both speak plaintext',
  ]);
});

test('TLS on one side alone is a fault, whichever side', () => {
  expect(said({ tls: 'plaintext' }, TLS)[1]).toBe(
    'fault TLS: Envoy’s cluster serin speaks plaintext to serin:9002, which wants TLS',
  );
  expect(said({}, PLAINTEXT)[1]).toBe(
    'fault TLS: Envoy’s cluster serin speaks TLS to serin:9002, which speaks plaintext',
  );
});

test('a certificate that Serin made itself is none that Envoy could verify', () => {
  expect(said({ verifies: true }, TLS)[1]).toBe(
    'fault TLS: Envoy’s cluster serin checks certificates, and serin:9002 shows one of its own making',
  );
  expect(said({ verifies: true }, { ...TLS, selfSigned: false })[1]).toMatch(/^ok TLS/);
});

test('nothing is said of TLS where one side is not known', () => {
  expect([said({}), said({}, SILENT), said({ tls: 'varies' }, TLS)]).toEqual([[OPEN], [OPEN], [OPEN]]);
});

test('what a mesh decides by itself is never TLS to Serin, and fixes name the DestinationRule', () => {
  const name = 'outbound|9002||serin.default.svc.cluster.local';
  const found = (changes: Partial<ClusterFact>, listener: ListenerFact) =>
    checkPickerCluster({ clusterName: name, cluster: cluster({ name, ...changes }), listener }).slice(1);
  const simple = 'tls: {mode: SIMPLE, insecureSkipVerify: true} in a DestinationRule for Serin’s Service';
  expect(found({ tls: 'varies' }, TLS)).toEqual([
    {
      ...{ kind: 'fault', check: 'TLS', fix: simple },
      message: `Envoy’s cluster ${name} leaves TLS to the mesh, which speaks none to serin:9002 itself, and that wants TLS`,
    },
  ]);
  expect(found({ tls: 'varies' }, PLAINTEXT)).toEqual([]);
  expect(found({ tls: 'plaintext' }, TLS)).toMatchObject([{ fix: `${simple}, or --secure-serving=false` }]);
  expect(found({}, PLAINTEXT)).toMatchObject([
    { fix: expect.stringContaining('tls out of the DestinationRule') },
  ]);
});

test('HTTP/1.1 is a fault, Envoy’s own limit of 1024 requests a warning', () => {
  expect(said({ http2: false, maxRequests: 1024 })).toEqual([
    'fault Envoy cluster: the cluster serin speaks HTTP/1.1, and gRPC needs HTTP/2',
    'warning Envoy cluster: the cluster serin lets 1024 requests be open at once and answers further ones with 500',
  ]);
});

test('a cluster that is not there is a fault; google_grpc names none', () => {
  const none = { cluster: undefined, listener: undefined };
  expect(checkPickerCluster({ clusterName: 'epp', ...none })).toEqual([
    expect.objectContaining({ kind: 'fault', message: 'Envoy has no cluster epp' }),
  ]);
  expect(checkPickerCluster({ clusterName: undefined, ...none })).toEqual([
    expect.objectContaining({ kind: 'warning' }),
  ]);
});

test('a port is measured by the mode that the flags say', () => {
  const kinds = [TLS, PLAINTEXT, SILENT].map((listener) =>
    [true, false].map((secure) => checkListener(listener, secure).kind),
  );
  expect(kinds).toEqual([
    ['ok', 'warning'],
    ['warning', 'ok'],
    ['fault', 'fault'],
  ]);
});
