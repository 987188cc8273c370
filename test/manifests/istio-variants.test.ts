import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { FLAGS } from '../../src/config/flags.ts';
import { component, MANIFESTS, objectsOf, one, page, patchesOf, valuesOf } from './istio.ts';
import { kustomized, type Manifest, withComponents } from './kustomized.ts';

describe('how pods are reached', () => {
  const limits = (thresholds: readonly number[] | { readonly [name: string]: number }) =>
    Math.min(...Object.values(thresholds));

  it('is by metadata that no client can send, in Istio’s own cluster, without weighted localities', () => {
    const objects = objectsOf('envoyfilter');
    const [{ typed_config: policy }] = valuesOf(
      patchesOf(objects).find(({ applyTo }) => applyTo === 'CLUSTER'),
      'typed_extension_config',
    );
    expect(policy.override_host_sources).toEqual([
      { metadata: { key: 'envoy.lb', path: [{ key: 'x-gateway-destination-endpoint' }] } },
    ]);
    expect(policy.selected_host_key.path).toEqual([{ key: 'x-gateway-destination-endpoint-served' }]);
    const { trafficPolicy } = one(objects, 'DestinationRule', 'vllm-llama2-7b-pool').spec;
    expect(trafficPolicy.loadBalancer).toEqual({ localityLbSetting: { enabled: false } });
    const { http, tcp } = trafficPolicy.connectionPool;
    expect(
      limits([http.http1MaxPendingRequests, http.http2MaxRequests, http.maxRetries, tcp.maxConnections]),
    ).toBe(65_536);
    expect(trafficPolicy.outlierDetection).toMatchObject({
      consecutive5xxErrors: 0,
      consecutiveGatewayErrors: 0,
    });
  });

  it.each(['original-dst', 'original-dst-mtls'])('is by one address in a header in %s', (name) => {
    const added = patchesOf(objectsOf(name)).find(({ applyTo }) => applyTo === 'CLUSTER').patch.value;
    expect(added).toMatchObject({
      type: 'ORIGINAL_DST',
      original_dst_lb_config: { use_http_header: true, http_header_name: 'x-gateway-destination-endpoint' },
    });
    expect(limits(added.circuit_breakers.thresholds[0])).toBe(65_536);
    expect('transport_socket' in added).toBe(name === 'original-dst-mtls');
  });

  it('is over connections that are given up before vLLM closes them', () => {
    const rule = one(objectsOf('envoyfilter'), 'DestinationRule', 'vllm-llama2-7b-pool').spec.trafficPolicy;
    const [added] = valuesOf(objectsOf('original-dst'), 'common_http_protocol_options');
    for (const idle of [rule.connectionPool.http.idleTimeout, added.idle_timeout]) {
      expect(Number.parseFloat(idle)).toBeLessThan(5);
    }
  });
});

describe('manifests/istio/fail-open', () => {
  it('has room for every body that Serin takes', () => {
    const [limit] = valuesOf(objectsOf('fail-open'), 'per_connection_buffer_limit_bytes');
    expect(limit).toBeGreaterThan(FLAGS.maxBodyBytes.fallback);
  });
});

describe('the component retry', () => {
  it('retries as often as Serin names further pods, and on no answer of vLLM', () => {
    const own = withComponents(join(MANIFESTS, 'istio/envoyfilter'), [component('retry')]);
    const { retries } = one(own, 'VirtualService', 'vllm-llama2-7b-pool').spec.http[0];
    expect(retries).toEqual({
      attempts: configOf('retry').fallbackEndpoints,
      retryOn: 'connect-failure,refused-stream,reset',
    });
  });

  it('changes nothing of (b), whose routes retry by themselves', () => {
    const own = withComponents(join(MANIFESTS, 'istio/gateway-api'), [component('retry')]);
    expect(own).toEqual(objectsOf('gateway-api'));
  });
});

describe('the component response-bodies', () => {
  it('sends response bodies in full duplex, for which trailers are sent already', () => {
    const objects = withComponents(join(MANIFESTS, 'istio/envoyfilter'), [component('response-bodies')]);
    const modes = { response_body_mode: 'FULL_DUPLEX_STREAMED', response_trailer_mode: 'SEND' };
    expect(valuesOf(objects, 'processing_mode')).toEqual([expect.objectContaining(modes)]);
  });
});

/** What Serin makes of its command line with a component. */
function configOf(name: string) {
  const objects = withComponents(join(MANIFESTS, 'serin'), [component(name)]);
  const [container] = one(objects, 'Deployment', 'serin').spec.template.spec.containers;
  const parsed = parseConfig(container.args.slice(1), {});
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.join());
  return parsed.config;
}

describe('the component mesh-certificate', () => {
  it('has Serin ask pods with the certificate that the sidecar writes, where the sidecar writes it', () => {
    const objects = withComponents(join(MANIFESTS, 'serin'), [component('mesh-certificate')]);
    const { metadata, spec } = one(objects, 'Deployment', 'serin').spec.template;
    const folder = JSON.parse(metadata.annotations['proxy.istio.io/config']).proxyMetadata.OUTPUT_CERTS;
    expect(configOf('mesh-certificate')).toMatchObject({
      modelServerMetricsScheme: 'https',
      modelServerCaFile: `${folder}/root-cert.pem`,
      modelServerClientCertFile: `${folder}/cert-chain.pem`,
      modelServerClientKeyFile: `${folder}/key.pem`,
    });
    const [mount] = spec.containers[0].volumeMounts;
    expect([mount.name, mount.mountPath]).toEqual([spec.volumes[0].name, folder]);
    const { egress } = one(objects, 'NetworkPolicy', 'serin').spec;
    expect(egress.at(-1).ports).toEqual([{ port: 15012 }]);
  });
});

describe('the component strict-mtls', () => {
  const objects = kustomized(component('strict-mtls'));

  it('makes an exception for the ports that are asked without a certificate of the mesh alone', () => {
    const policies = objects.filter(({ kind }) => kind === 'PeerAuthentication');
    expect(policies.map(({ metadata, spec }) => [metadata.name, spec.mtls, spec.portLevelMtls])).toEqual([
      ['vllm-llama2-7b-pool', { mode: 'STRICT' }, { 8000: { mode: 'PERMISSIVE' } }],
      ['serin', { mode: 'STRICT' }, { 9002: { mode: 'DISABLE' }, 9090: { mode: 'PERMISSIVE' } }],
    ]);
  });

  it('lets strangers read what Serin reads, and nothing else', () => {
    const { action, rules } = one(objects, 'AuthorizationPolicy', 'vllm-llama2-7b-pool-plaintext').spec;
    expect([action, rules[0].from, rules[0].to[0].operation.notPaths]).toEqual([
      'DENY',
      [{ source: { notPrincipals: ['*'] } }],
      ['/metrics', '/v1/models', '/health'],
    ]);
  });
});

describe('the component telemetry', () => {
  it('writes the access log by the provider whose format is shipped with it', () => {
    const [{ spec }] = kustomized(component('telemetry')) as readonly [Manifest];
    const { extensionProviders } = parse(page('manifests/istio/components/telemetry/mesh-config.yaml'));
    expect(spec.accessLogging).toEqual([{ providers: [{ name: extensionProviders[0].name }] }]);
  });

  it('reaches the pods of the Gateway, by labels in their own namespace or by the name of the Gateway in its own', () => {
    const [own] = kustomized(component('telemetry'));
    const { selector } = one(objectsOf('envoyfilter'), 'Gateway', 'llm-inference-gateway').spec;
    expect([own?.metadata.namespace, own?.spec.selector]).toEqual([
      'istio-system',
      { matchLabels: selector },
    ]);
    const [other] = kustomized(component('telemetry-gateway-api'));
    const gateway = one(objectsOf('gateway-api'), 'Gateway', 'llm-inference-gateway');
    const { selector: _, ...same } = own?.spec ?? {};
    expect([other?.metadata.namespace, other?.spec]).toEqual([
      gateway.metadata.namespace,
      {
        ...same,
        targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: gateway.metadata.name }],
      },
    ]);
  });
});
