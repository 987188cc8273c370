import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLAGS } from '../../src/config/flags.ts';
import {
  BY_ENVOY_FILTER,
  BY_GATEWAY_API,
  MANIFESTS,
  objectsOf,
  one,
  type Part,
  page,
  patchesOf,
  shippedServices,
  valuesOf,
} from './istio.ts';

const WIRINGS = [...BY_ENVOY_FILTER, ...BY_GATEWAY_API];
const ISTIO = join(MANIFESTS, 'istio');
const byEnvoyFilter = (name: string) => BY_ENVOY_FILTER.some((each) => each === name);

const services = shippedServices();
const clusterNames = services.flatMap(({ metadata, spec }) =>
  spec.ports.map((port: Part) => `outbound|${port.port}||${metadata.name}.default.svc.cluster.local`),
);

describe('manifests/istio', () => {
  it('has no folder that this test does not know', () => {
    expect(readdirSync(ISTIO).toSorted()).toEqual(['base', 'components', ...WIRINGS].toSorted());
  });

  it('is explained, every folder of it', () => {
    const pages = ['README.md', 'docs/istio.md'].map(page).join();
    expect(WIRINGS.filter((name) => !pages.includes(`manifests/istio/${name}`))).toEqual([]);
    const components = readdirSync(join(ISTIO, 'components'));
    const said = (name: string) => pages.includes(`components/${name}\``) || pages.includes(`\`${name}\``);
    expect(components.filter((name) => !said(name))).toEqual([]);
    expect(components.length).toBeGreaterThan(4);
  });
});

describe.each(WIRINGS)('manifests/istio/%s', (name) => {
  const objects = objectsOf(name);

  it('asks Serin under a host that HTTP/2 takes, and that tells the pool', () => {
    const asked = valuesOf(objects, 'grpc_service').map(({ envoy_grpc: grpc }) => grpc);
    const serin = { cluster_name: 'outbound|9002||serin.default.svc.cluster.local' };
    expect(asked).toEqual(asked.map(() => ({ ...serin, authority: 'serin.default.svc.cluster.local:9002' })));
    expect(asked).toHaveLength(name === 'gateway-api' ? 0 : 1);
  });

  it('limits no stream to Serin, and every wait for it', () => {
    for (const { timeout, retry_policy: retry } of valuesOf(objects, 'grpc_service')) {
      // What a replica may have read is not sent again.
      const retry_back_off = { base_interval: '0.005s', max_interval: '0.05s' };
      const retries = { retry_on: 'connect-failure,refused-stream', num_retries: 2, retry_back_off };
      expect([timeout, retry]).toEqual(['0s', retries]);
    }
    const decisionS = FLAGS.decisionTimeout.fallback / 1000;
    for (const time of valuesOf(objects, 'message_timeout')) {
      expect(Number.parseFloat(time)).toBeGreaterThan(decisionS);
    }
    expect(valuesOf(objects, 'message_timeout')).toHaveLength(byEnvoyFilter(name) ? 1 : 0);
  });

  it('cuts no generation off, and ends what is idle', () => {
    const [idle, ...others] = patchesOf(objects)
      .filter(({ applyTo }) => applyTo === 'HTTP_ROUTE')
      .flatMap(({ patch }) => patch.value.route?.idle_timeout ?? []);
    expect([idle, others]).toEqual(['900s', []]);
    const route = one(objects, 'VirtualService', 'vllm-llama2-7b-pool')?.spec.http[0];
    // A timeout of 0s is refused there; without one there is none.
    expect(route?.timeout).toBeUndefined();
    const request = one(objects, 'HTTPRoute', 'test-llm-route')?.spec.rules[0].timeouts;
    expect(request).toEqual(byEnvoyFilter(name) ? undefined : { request: '0s' });
  });

  it('keeps streams open until the response has ended, sends bodies on, and leaves responses alone', () => {
    for (const modes of valuesOf(objects, 'processing_mode')) {
      expect(modes).toEqual({
        request_header_mode: 'SEND',
        request_body_mode: name === 'fail-open' ? 'BUFFERED' : 'FULL_DUPLEX_STREAMED',
        request_trailer_mode: 'SEND',
        response_header_mode: 'SEND',
        response_body_mode: 'NONE',
        response_trailer_mode: 'SEND',
      });
    }
  });

  it('takes both namespaces of the decision, and sends back which pod has served', () => {
    for (const { receiving_namespaces, forwarding_namespaces } of valuesOf(objects, 'metadata_options')) {
      expect(receiving_namespaces).toEqual({ untyped: ['envoy.lb', 'serin'] });
      expect(forwarding_namespaces).toEqual({ untyped: ['envoy.lb.subset_hint', 'envoy.lb'] });
    }
  });

  it('fails closed unless its name says otherwise', () => {
    const modes = [
      ...valuesOf(objects, 'failure_mode_allow'),
      ...valuesOf(objects, 'failureMode').map((mode) => mode === 'FailOpen'),
    ];
    expect(new Set(modes)).toEqual(new Set([name === 'fail-open']));
  });

  it('takes a destination of the client away in the first filter of all', () => {
    const [first, ...later] = patchesOf(objects).filter(({ applyTo }) => applyTo === 'HTTP_FILTER');
    expect([first.patch.operation, ...later.map(({ patch }) => patch.operation)]).toEqual([
      'INSERT_FIRST',
      ...later.map(() => 'INSERT_BEFORE'),
    ]);
    expect(first.patch.value.typed_config.mutations).toEqual({
      request_mutations: [{ remove: 'x-gateway-destination-endpoint' }],
    });
  });

  it('reaches Serin over the TLS that it serves, with room for more streams than Envoy’s 1024', () => {
    const [{ port, tls, connectionPool, outlierDetection }] = one(objects, 'DestinationRule', 'serin').spec
      .trafficPolicy.portLevelSettings;
    expect([port, tls]).toEqual([{ number: 9002 }, { mode: 'SIMPLE', insecureSkipVerify: true }]);
    const { http, tcp } = connectionPool;
    for (const limit of [http.http2MaxRequests, http.http1MaxPendingRequests, tcp.maxConnections]) {
      expect(limit).toBeGreaterThan(1024);
    }
    expect(http.maxRequestsPerConnection).toBe(0);
    expect(outlierDetection).toMatchObject({ consecutiveLocalOriginFailures: 3, consecutive5xxErrors: 0 });
  });

  it('names clusters that Istio makes of the shipped Services, or its own', () => {
    const own = patchesOf(objects)
      .filter(({ applyTo, patch }) => applyTo === 'CLUSTER' && patch.operation === 'ADD')
      .map(({ patch }) => patch.value.name);
    const named = [
      ...valuesOf(objects, 'cluster_name').filter((cluster) => cluster !== 'sds-grpc'),
      ...patchesOf(objects).flatMap(({ match }) => match.cluster?.name ?? []),
      ...patchesOf(objects).flatMap(({ patch }) => patch.value.route?.cluster ?? []),
    ];
    expect(named.filter((cluster) => ![...clusterNames, ...own].includes(cluster))).toEqual([]);
  });
});

describe.each(BY_ENVOY_FILTER)('manifests/istio/%s', (name) => {
  const objects = objectsOf(name);
  const filters = objects.filter(({ kind }) => kind === 'EnvoyFilter');

  it('selects the same pods for every EnvoyFilter as for the Gateway, from the root namespace', () => {
    const { selector } = one(objects, 'Gateway', 'llm-inference-gateway').spec;
    for (const { metadata, spec } of filters) {
      expect([metadata.namespace, spec.workloadSelector.labels]).toEqual(['istio-system', selector]);
    }
  });

  it('switches the filter on where the route has the name that the patches match', () => {
    const [route] = one(objects, 'VirtualService', 'vllm-llama2-7b-pool').spec.http;
    const matched = patchesOf(objects).flatMap(
      ({ match }) => match.routeConfiguration?.vhost.route.name ?? [],
    );
    expect(new Set(matched)).toEqual(new Set([route.name]));
    const filter = patchesOf(objects).find(({ patch }) => patch.value.disabled);
    const [perRoute] = valuesOf(objects, 'typed_per_filter_config');
    expect(perRoute).toEqual({ [filter.patch.value.name]: expect.objectContaining({ overrides: {} }) });
  });

  it('does not retry by itself, since a retry may meet a pod without the adapter', () => {
    const [route] = one(objects, 'VirtualService', 'vllm-llama2-7b-pool').spec.http;
    expect(route.retries).toEqual({ attempts: 0 });
  });

  it('matches Envoy’s filters by their full names, for gateways alone', () => {
    const names = [...valuesOf(patchesOf(objects), 'filter'), ...valuesOf(patchesOf(objects), 'subFilter')];
    for (const { name: filter } of names) expect(filter).toMatch(/^envoy\.filters\./);
    for (const { match } of patchesOf(objects)) expect(match.context).toBe('GATEWAY');
  });
});

describe.each(BY_GATEWAY_API)('manifests/istio/%s', (name) => {
  const objects = objectsOf(name);

  it('routes to a pool whose picker is the Service of Serin, by a port that speaks HTTP/2', () => {
    const route = one(objects, 'HTTPRoute', 'test-llm-route').spec;
    const pool = one(objects, 'InferencePool', route.rules[0].backendRefs[0].name);
    const { name: service, port } = pool.spec.endpointPickerRef;
    const picker = services.find(({ metadata }) => metadata.name === service);
    const served = picker.spec.ports.find((each: Part) => each.port === port.number);
    expect([pool.apiVersion, served.appProtocol]).toEqual(['inference.networking.k8s.io/v1', 'http2']);
  });

  it('limits the connections to the Service that Istio makes of the pool as those to a Service of one’s own', () => {
    const pool = 'vllm-llama2-7b-pool';
    const { host, trafficPolicy } = one(objects, 'DestinationRule', pool).spec;
    const hash = createHash('sha256').update(pool).digest('hex').slice(0, 8);
    expect(host).toBe(`${pool}-ip-${hash}.default.svc.cluster.local`);
    expect(trafficPolicy).toEqual(one(objectsOf('envoyfilter'), 'DestinationRule', pool).spec.trafficPolicy);
  });

  it('patches the route by the name that Istio gives it, and by its Gateway', () => {
    for (const { metadata, spec } of objects.filter(({ kind }) => kind === 'EnvoyFilter')) {
      expect(metadata.namespace).toBe(one(objects, 'Gateway', 'llm-inference-gateway').metadata.namespace);
      expect(spec.targetRefs).toEqual([
        { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'llm-inference-gateway' },
      ]);
    }
    const matched = patchesOf(objects).flatMap(
      ({ match }) => match.routeConfiguration?.vhost.route.name ?? [],
    );
    expect(new Set(matched)).toEqual(new Set(['default.test-llm-route.0']));
  });
});
