import { expect, test } from 'vitest';
import { checkStrictMtls, type ScrapeFacts } from '../../src/doctor/check-strict-mtls.ts';
import type { PeerAuthenticationFact } from '../../src/doctor/mesh.ts';
import { member, pool } from '../core/objects.ts';
import { mesh, peerAuthenticationsOf } from './mesh-objects.ts';
import { compiled } from './snapshots.ts';

const LABELS = new Map([['app', 'vllm-llama2-7b-pool']]);
const MEMBERS = ['10.0.0.1', '10.0.0.2'].map((ip) => member(ip, { labels: undefined }));
const { snapshot } = compiled([pool('pool', { ports: [8000] })], MEMBERS);
const SIDECARS = ['10.0.0.1', '10.0.0.2'].map((ip) => ({ namespace: 'default', ip, labels: LABELS }));
const FAULT =
  'fault: 10.0.0.1:8000, 10.0.0.2:8000: STRICT mTLS keeps Serin from their metrics, which it asks for in plaintext';
const OK = 'ok: 2 pods have a sidecar, and Serin can ask them for their metrics';

function policy(changes: Partial<PeerAuthenticationFact>): PeerAuthenticationFact {
  const whole = { namespace: 'istio-system', name: 'default', labels: new Map(), modeByPort: new Map() };
  return { ...whole, mode: 'STRICT', ...changes };
}

function said(
  policies: readonly PeerAuthenticationFact[],
  changes: Partial<ScrapeFacts> = {},
  sidecars = SIDECARS,
) {
  const facts = { snapshot, scheme: 'http', seen: new Map(), ...changes } as const;
  const findings = checkStrictMtls(mesh({ peerAuthentications: policies, sidecars }), facts);
  return findings.map(({ kind, message }) => `${kind}: ${message}`);
}

test('STRICT of the mesh, of the namespace and of the pods keeps Serin out', () => {
  expect(said([policy({})])).toEqual([FAULT]);
  expect(said([policy({ namespace: 'default' })])).toEqual([FAULT]);
  expect(said([policy({ namespace: 'default', labels: LABELS })])).toEqual([FAULT]);
});

test('the component strict-mtls lets it in', () => {
  expect(said([policy({}), ...peerAuthenticationsOf('components/strict-mtls')])).toEqual([OK]);
});

test('what is said more closely counts, and what says nothing inherits', () => {
  expect(said([policy({}), policy({ namespace: 'default', mode: 'PERMISSIVE' })])).toEqual([OK]);
  expect(said([policy({}), policy({ namespace: 'default', mode: 'UNSET' })])).toEqual([FAULT]);
  const others = new Map([['app', 'other']]);
  expect(said([policy({}), policy({ namespace: 'default', labels: others, mode: 'DISABLE' })])).toEqual([
    FAULT,
  ]);
  expect(said([policy({ namespace: 'elsewhere' })])).toEqual([OK]);
});

test('nothing is blocked for pods without a sidecar, over https, or for a Serin that gets its answers', () => {
  expect(said([policy({})], {}, [])).toEqual([]);
  expect(said([policy({})], { scheme: 'https' })).toEqual([]);
  const fresh = new Map(
    [...snapshot.pools.values()].flatMap(({ endpoints }) =>
      endpoints.map(({ address }) => [address, 'fresh']),
    ),
  );
  expect(said([policy({})], { seen: fresh })).toEqual([OK]);
});
