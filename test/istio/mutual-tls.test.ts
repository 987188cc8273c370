import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INGRESS } from './identities.ts';
import { type Subject, wireUp } from './subject.ts';
import { complaintOfEnvoy, type Part, type Pushed, pushed } from './whole-config.ts';
import { applyWiring, deleteWiring, type Wiring } from './wiring.ts';

const VLLM = 'outbound|8000||vllm-llama2-7b-pool.default.svc.cluster.local';
const SERIN = 'outbound|9002||serin.default.svc.cluster.local';

const istioMutual = (name: string, path: string) => ({
  target: { kind: 'DestinationRule', name },
  patch: JSON.stringify([{ op: 'add', path, value: { mode: 'ISTIO_MUTUAL' } }]),
});

const BASE = { gateway: INGRESS, retries: false, otherRoute: () => ({}) };

interface MutualWiring extends Wiring {
  /** The folder of the same wiring in plaintext. */
  readonly plain: string;
  /** The clusters that have certificates. */
  readonly mutual: readonly string[];
}

/** The wirings of a mesh with STRICT mTLS. */
const WIRINGS: readonly MutualWiring[] = [
  { ...BASE, folder: 'original-dst-mtls', plain: 'original-dst', mutual: ['serin-original-dst'] },
  {
    ...BASE,
    folder: 'envoyfilter',
    plain: 'envoyfilter',
    // As Istio's automatic mTLS does by itself where it is on.
    patches: [
      istioMutual('vllm-llama2-7b-pool', '/spec/trafficPolicy/tls'),
      istioMutual('serin', '/spec/trafficPolicy/portLevelSettings/0/tls'),
    ],
    mutual: [VLLM, SERIN],
  },
];

/** Where a cluster gets its own certificate and the mesh's roots from. */
function secretsOf({ clusters }: Pushed, name: string): readonly string[] {
  const cluster: Part = clusters.find((each) => each.name === name);
  const context = cluster?.transportSocket?.typedConfig?.commonTlsContext;
  const own = context?.tlsCertificateSdsSecretConfigs?.[0]?.name;
  const roots = context?.combinedValidationContext?.validationContextSdsSecretConfig?.name;
  return [own, roots];
}

// A gateway without an agent gets no certificates, so it is istiod's own merge that is looked at.
describe.each(WIRINGS)('ISTIO_MUTUAL by manifests/istio/$folder', (wiring) => {
  let subject: Subject;
  beforeAll(async () => {
    // What istiod would send for a route, it says only of a gateway that has asked for it.
    subject = await wireUp({ ...BASE, folder: wiring.plain });
    await applyWiring(wiring);
  });
  afterAll(async () => {
    await subject.remove();
    await deleteWiring(wiring);
  });

  it('makes istiod write clusters with the certificates of the mesh', async () => {
    const secrets = async () => wiring.mutual.map((name) => [name, ...secretsOf(config, name)]);
    let config = await pushed();
    await expect
      .poll(async () => {
        config = await pushed();
        return secrets();
      })
      .toEqual(wiring.mutual.map((name) => [name, 'default', 'ROOTCA']));
  });

  it('gives a configuration, whole, that Envoy accepts', async () => {
    const config = await pushed();
    expect(config.listeners.length).toBeGreaterThan(0);
    expect(JSON.stringify(config.routes)).toContain('"serin"');
    expect(await complaintOfEnvoy(config)).toBeUndefined();
  });
});
