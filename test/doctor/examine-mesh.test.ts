import { describe, expect, test } from 'vitest';
import { type Config, parseConfig } from '../../src/config/config.ts';
import { type AroundMesh, examineMesh } from '../../src/doctor/examine-mesh.ts';
import { member, pool } from '../core/objects.ts';
import { type Manifest, withComponents } from '../manifests/kustomized.ts';
import { type FakeApi, startFakeApi } from '../sources/kubernetes/fake-api-server.ts';
import { extProc } from './envoy.ts';
import { shipped } from './mesh-objects.ts';
import { compiled } from './snapshots.ts';

const GROUPS: Readonly<Record<string, string>> = {
  EnvoyFilter: 'networking.istio.io/envoyfilters',
  DestinationRule: 'networking.istio.io/destinationrules',
  PeerAuthentication: 'security.istio.io/peerauthentications',
};

/** A cluster with Istio's kinds. */
async function startIstio(objects: readonly Manifest[]): Promise<FakeApi> {
  const api = await startFakeApi();
  api.install('networking.istio.io/v1alpha3/envoyfilters', 'EnvoyFilter');
  api.install('networking.istio.io/v1beta1/destinationrules', 'DestinationRule');
  api.install('security.istio.io/v1beta1/peerauthentications', 'PeerAuthentication');
  for (const { kind, metadata, spec } of objects) {
    const path = GROUPS[kind];
    if (path !== undefined) api.put(path, { metadata, spec });
  }
  return api;
}

function putPod(
  api: FakeApi,
  name: string,
  options: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
) {
  api.put('/pods', { metadata: { name, ...options }, status: { podIP: '10.0.0.1' } });
}

const GATEWAY = { namespace: 'istio-system', labels: { istio: 'ingressgateway' } };
const VLLM = { app: 'vllm-llama2-7b-pool', 'security.istio.io/tlsMode': 'istio' };

function configOf(...flags: readonly string[]): Config {
  const parsed = parseConfig(['--pool-name=pool', ...flags], {});
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.join());
  return parsed.config;
}

async function said(api: FakeApi, changes: Partial<AroundMesh> = {}) {
  const { snapshot } = compiled([pool('pool', { picker: 'serin' })], [member('10.0.0.1')]);
  const around = {
    config: configOf(),
    snapshot,
    envoy: undefined,
    listener: undefined,
    seen: new Map(),
    ...changes,
  };
  const findings = await examineMesh(api.access, around, new AbortController().signal);
  return findings.map(({ kind, check, message }) => `${kind} ${check}: ${message}`);
}

const PICKER = 'serin.default.svc.cluster.local:9002';
const SPOKEN = `ok DestinationRule: the DestinationRule default/serin has gateways speak TLS (SIMPLE) to ${PICKER}, as Serin does`;

describe('serin doctor in a mesh', () => {
  test('finds nothing wrong with the shipped wiring and a gateway that takes it', async () => {
    const api = await startIstio(shipped('envoyfilter'));
    putPod(api, 'gateway', GATEWAY);
    expect(await said(api)).toEqual(['ok EnvoyFilter: istio-system/serin-ext-proc selects pods', SPOKEN]);
  });

  test('finds an EnvoyFilter for which there is no pod where it looks', async () => {
    const objects = shipped('envoyfilter');
    const moved = objects.map((each) => ({ ...each, metadata: { ...each.metadata, namespace: 'default' } }));
    const api = await startIstio(moved);
    putPod(api, 'gateway', GATEWAY);
    expect((await said(api))[0]).toBe(
      'fault EnvoyFilter: default/serin-ext-proc selects no pod of the namespace default, so no proxy takes it',
    );
  });

  test('finds one that the Envoy that is looked at has not taken', async () => {
    const api = await startIstio(shipped('envoyfilter'));
    putPod(api, 'gateway', GATEWAY);
    const chains = [{ filters: ['envoy.filters.http.router'], asks: false, strips: false }];
    const envoy = {
      kind: 'answers',
      filters: [extProc()],
      chains,
      clusters: new Map(),
      stats: new Map(),
    } as const;
    expect((await said(api, { envoy }))[0]).toMatch(
      /^fault EnvoyFilter: istio-system\/serin-ext-proc is not in this Envoy/,
    );
  });

  test('looks for the pods of a Gateway of the Gateway API by its name', async () => {
    const api = await startIstio(shipped('gateway-api-override'));
    const absent = await said(api);
    const name = 'llm-inference-gateway';
    putPod(api, 'gateway', {
      namespace: 'default',
      labels: { 'gateway.networking.k8s.io/gateway-name': name },
    });
    expect([absent[0], (await said(api))[0]]).toEqual([
      'fault EnvoyFilter: default/serin-override selects no pod of the namespace default, so no proxy takes it',
      'ok EnvoyFilter: default/serin-override selects pods',
    ]);
  });

  test('measures the DestinationRule by what the running Serin speaks, or by the flags', async () => {
    const api = await startIstio(shipped('gateway-api'));
    const plaintext = `fault DestinationRule: the DestinationRule default/serin has gateways speak TLS (SIMPLE) to ${PICKER}, which speaks plaintext`;
    const listener = { kind: 'plaintext', where: 'serin:9002', authorities: new Map() } as const;
    expect(await said(api)).toEqual([SPOKEN]);
    expect(await said(api, { listener })).toEqual([plaintext]);
    expect(await said(api, { config: configOf('--secure-serving=false') })).toEqual([plaintext]);
  });

  test('finds STRICT mTLS between Serin and the pods, and the component that makes an exception', async () => {
    const strict = {
      kind: 'PeerAuthentication',
      metadata: { name: 'default', namespace: 'istio-system' },
      spec: { mtls: { mode: 'STRICT' } },
    };
    const api = await startIstio([strict]);
    putPod(api, 'vllm', { namespace: 'default', labels: VLLM });
    const blocked = await said(api);
    const component = new URL('../../manifests/istio/components/strict-mtls', import.meta.url).pathname;
    const excepting = await startIstio([strict, ...withComponents(component, [])]);
    putPod(excepting, 'vllm', { namespace: 'default', labels: VLLM });
    const none = `fault DestinationRule: no DestinationRule has gateways speak no TLS to ${PICKER}, which wants TLS of its own`;
    expect([blocked, await said(excepting)]).toEqual([
      [
        none,
        'fault mTLS: 10.0.0.1:8000: STRICT mTLS keeps Serin from their metrics, which it asks for in plaintext',
      ],
      [none, 'ok mTLS: 1 pods have a sidecar, and Serin can ask them for their metrics'],
    ]);
  });

  test('says nothing where there is no Istio, and what it may not read', async () => {
    expect(await said(await startFakeApi())).toEqual([]);
    const api = await startIstio([]);
    api.failWith(({ path }) =>
      path.endsWith('/destinationrules') ? { status: 403, text: '{"message":"no"}' } : undefined,
    );
    expect(await said(api)).toEqual([
      'warning mesh: what Istio is told is not read: /apis/networking.istio.io/v1beta1/destinationrules: no',
    ]);
  });
});
