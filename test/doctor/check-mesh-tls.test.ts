import { expect, test } from 'vitest';
import { checkMeshTls, type MeshTlsFacts } from '../../src/doctor/check-mesh-tls.ts';
import type { DestinationRuleFact, TlsSettings } from '../../src/doctor/mesh.ts';
import { readDestinationRule } from '../../src/doctor/read-mesh.ts';
import { destinationRulesOf, envoyFiltersOf, mesh } from './mesh-objects.ts';

const HOST = 'serin.default.svc.cluster.local';
const SERIN = { host: HOST, port: 9002 };
const TOLD = 'the DestinationRule default/serin has gateways speak';

function rule(
  host: string,
  tls: Partial<TlsSettings> | undefined,
  ports: DestinationRuleFact['tlsByPort'] = new Map(),
) {
  const none = { mode: 'SIMPLE', skipsVerify: false, namesAuthority: false };
  return { namespace: 'default', name: 'serin', host, tls: tls && { ...none, ...tls }, tlsByPort: ports };
}

function said(rules: readonly DestinationRuleFact[], changes: Partial<MeshTlsFacts> = {}) {
  const facts = { pickers: [SERIN], speaks: 'tls', signed: false, ...changes } as const;
  return checkMeshTls(mesh({ destinationRules: rules }), facts).map(
    ({ kind, message }) => `${kind}: ${message}`,
  );
}

test.each(['envoyfilter', 'gateway-api'])('manifests/istio/%s has gateways speak as Serin does', (folder) => {
  expect(said(destinationRulesOf(folder))).toEqual([
    `ok: ${TOLD} TLS (SIMPLE) to ${HOST}:9002, as Serin does`,
  ]);
});

test('the picker that the EnvoyFilters name is the one that is looked at, and once', () => {
  const pickers = [...envoyFiltersOf('envoyfilter'), ...envoyFiltersOf('fail-open')].flatMap(
    (each) => each.pickers,
  );
  expect(pickers).toEqual([SERIN, SERIN]);
  expect(said([], { pickers })).toHaveLength(1);
});

test('no TLS, and mTLS that a sidecar ends, are faults where Serin speaks TLS itself', () => {
  const wants = `to ${HOST}:9002, which wants TLS of its own`;
  expect(said([])).toEqual([`fault: no DestinationRule has gateways speak no TLS ${wants}`]);
  expect(said([rule(HOST, undefined)])).toEqual([`fault: ${TOLD} no TLS ${wants}`]);
  expect(said([rule(HOST, { mode: 'ISTIO_MUTUAL' })])).toEqual([`fault: ${TOLD} ISTIO_MUTUAL ${wants}`]);
});

test('settings of a port that say nothing of TLS take that of the host away', () => {
  const object = (settings: object) =>
    readDestinationRule({
      metadata: { namespace: 'default', name: 'serin' },
      spec: {
        host: HOST,
        trafficPolicy: {
          tls: { mode: 'SIMPLE', insecureSkipVerify: true },
          portLevelSettings: [{ port: { number: 9002 }, ...settings }],
        },
      },
    });
  const kindOf = (settings: object) => said([object(settings) ?? rule(HOST, undefined)])[0]?.split(':')[0];
  expect(kindOf({ connectionPool: {} })).toBe('fault');
  expect(kindOf({ port: { number: 9090 } })).toBe('ok');
  expect(kindOf({ tls: { mode: 'SIMPLE', insecureSkipVerify: true } })).toBe('ok');
});

test('TLS is a fault where Serin speaks plaintext, mTLS of sidecars is none', () => {
  const plaintext = { speaks: 'plaintext' } as const;
  expect(said([rule(HOST, { skipsVerify: true })], plaintext)).toEqual([
    `fault: ${TOLD} TLS (SIMPLE) to ${HOST}:9002, which speaks plaintext`,
  ]);
  for (const rules of [[], [rule(HOST, { mode: 'ISTIO_MUTUAL' })], [rule(HOST, { mode: 'DISABLE' })]]) {
    expect(said(rules, plaintext)[0]).toMatch(/^ok: /);
  }
});

test('a certificate is checked only if an authority that is named has signed it', () => {
  const named = rule(HOST, { namesAuthority: true });
  expect(said([rule(HOST, {})])[0]).toMatch(/^fault: .* check its certificate/);
  expect(said([named])[0]).toMatch(/^fault: .* check its certificate/);
  expect(said([named], { signed: true })[0]).toMatch(/^ok: /);
});

test('a port goes before its host, an exact host before a wildcard, and short names are of their namespace', () => {
  const good = { skipsVerify: true };
  const ports = new Map([[9002, { mode: 'DISABLE', skipsVerify: false, namesAuthority: false }]]);
  expect(said([rule(HOST, good, ports)])[0]).toMatch(/^fault: /);
  expect(said([rule('*.svc.cluster.local', undefined), rule('serin', good)])[0]).toMatch(/^ok: /);
  expect(said([rule('*.default.svc.cluster.local', good), rule('*', undefined)])[0]).toMatch(/^ok: /);
  expect(said([{ ...rule('serin', good), namespace: 'other' }])[0]).toMatch(/^fault: no DestinationRule/);
  expect(said([{ ...rule('serin.default', good), namespace: 'other' }])[0]).toMatch(/^ok: /);
});
