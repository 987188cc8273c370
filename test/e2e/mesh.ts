import { join } from 'node:path';
import { stringify } from 'yaml';
import type { HostPort } from '../../src/envoy-binary/render-config.ts';
import { type Manifest, withComponents } from '../manifests/kustomized.ts';

/** What an Envoy that stands for Istio's gateway is made of. */
export interface MeshGateway {
  /** The objects of a wiring; their EnvoyFilters are applied. */
  readonly objects: readonly Manifest[];
  /** The replicas. */
  readonly serin: readonly HostPort[];
  readonly pods: readonly HostPort[];
  /** Formats of further fields of the access log. */
  readonly log?: { readonly [field: string]: string };
}

// biome-ignore lint/suspicious/noExplicitAny: Envoy's config, of which patches may change anything
type Config = any;

const ISTIO = join(import.meta.dirname, '../../manifests/istio');

/** The objects of a shipped wiring, with components. */
export function wiring(name: string, ...components: readonly string[]): readonly Manifest[] {
  return withComponents(
    join(ISTIO, name),
    components.map((component) => join(ISTIO, 'components', component)),
  );
}

/**
 * An Envoy config as Istio's gateway has it, with the patches of the EnvoyFilters applied in Istio's order: a listener,
 * a route named `serin`, and clusters of the two Services under Istio's names. It stands for istiod where only Envoy
 * matters; test/istio has the real one.
 */
export function meshConfig(gateway: MeshGateway): string {
  const config = {
    node: { id: 'router~127.0.0.1~gateway.istio-system~istio-system.svc.cluster.local', cluster: 'gateway' },
    admin: { address: address({ host: '127.0.0.1', port: 0 }) },
    static_resources: { listeners: [listener(gateway)], clusters: clusters(gateway) },
  };
  for (const patch of patchesOf(gateway.objects)) apply(config, patch);
  return stringify(config);
}

interface ConfigPatch {
  readonly applyTo: string;
  readonly match: Config;
  readonly patch: { readonly operation: string; readonly value: Config };
}

function patchesOf(objects: readonly Manifest[]): readonly ConfigPatch[] {
  const filters = objects.filter(({ kind }) => kind === 'EnvoyFilter');
  const inOrder = filters.toSorted((a, b) => (a.spec.priority ?? 0) - (b.spec.priority ?? 0));
  return structuredClone(inOrder.flatMap(({ spec }) => spec.configPatches));
}

function apply(config: Config, { applyTo, match, patch }: ConfigPatch): void {
  const { listeners, clusters } = config.static_resources;
  const manager = listeners[0].filter_chains[0].filters[0].typed_config;
  const filters = manager.http_filters;
  const [route] = manager.route_config.virtual_hosts[0].routes;
  switch (`${applyTo} ${patch.operation}`) {
    case 'HTTP_FILTER INSERT_FIRST':
      return void filters.unshift(patch.value);
    case 'HTTP_FILTER INSERT_BEFORE': {
      const { name } = match.listener.filterChain.filter.subFilter;
      const at = filters.findIndex((filter: Config) => filter.name === name);
      return void filters.splice(at, 0, patch.value);
    }
    case 'HTTP_ROUTE MERGE':
      if (match.routeConfiguration.vhost.route.name === route.name) merge(route, patch.value);
      return;
    case 'LISTENER MERGE':
      return merge(listeners[0], patch.value);
    case 'CLUSTER ADD':
      return void clusters.push(patch.value);
    case 'CLUSTER MERGE':
      return merge(
        clusters.find((cluster: Config) => cluster.name === match.cluster.name),
        patch.value,
      );
    default:
      throw new Error(`${applyTo} ${patch.operation} is not known here`);
  }
}

/** As protobuf merges: messages by their fields, lists by appending. */
function merge(into: Config, from: Config): void {
  for (const [key, value] of Object.entries(from)) {
    const known = into[key];
    if (Array.isArray(known) && Array.isArray(value)) known.push(...value);
    else if (isMessage(known) && isMessage(value)) merge(known, value);
    else into[key] = value;
  }
}

function isMessage(value: unknown): boolean {
  // An Any is replaced whole.
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('@type' in value);
}

function listener({ log = {}, objects }: MeshGateway): Config {
  return {
    name: 'serin-ingress',
    address: address({ host: '127.0.0.1', port: 0 }),
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type': `${TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
              stat_prefix: 'outbound_0.0.0.0_8080',
              route_config: { name: 'http.8080', virtual_hosts: virtualHosts(objects) },
              http_filters: [
                {
                  name: 'envoy.filters.http.router',
                  typed_config: { '@type': `${TYPE}.filters.http.router.v3.Router` },
                },
              ],
              access_log: [
                {
                  name: 'envoy.access_loggers.stdout',
                  typed_config: {
                    '@type': `${TYPE}.access_loggers.stream.v3.StdoutAccessLog`,
                    log_format: { json_format: { path: '%PATH%', status: '%RESPONSE_CODE%', ...log } },
                  },
                },
              ],
            },
          },
        ],
      },
    ],
  };
}

const TYPE = 'type.googleapis.com/envoy.extensions';
const VLLM = 'outbound|8000||vllm-llama2-7b-pool.default.svc.cluster.local';
const SERIN = 'outbound|9002||serin.default.svc.cluster.local';

/** The wired host, and another one that is none of Serin's business. */
function virtualHosts(objects: readonly Manifest[]): Config {
  const service = objects.find(({ kind }) => kind === 'VirtualService');
  const route = (name: string) => ({
    name,
    match: { prefix: '/' },
    route: { cluster: VLLM, timeout: '0s', ...(name === 'serin' ? retries(service?.spec.http[0]) : {}) },
  });
  return [
    { name: 'test.com:8080', domains: ['test.com'], routes: [route('serin')] },
    { name: 'other:8080', domains: ['*'], routes: [route('other')] },
  ];
}

/** As Istio writes the retries of a VirtualService. */
function retries({ retries: { attempts, retryOn } }: Config): Config {
  if (attempts === 0) return {};
  return {
    retry_policy: {
      retry_on: retryOn,
      num_retries: attempts,
      retry_host_predicate: [
        {
          name: 'envoy.retry_host_predicates.previous_hosts',
          typed_config: { '@type': `${TYPE}.retry.host.previous_hosts.v3.PreviousHostsPredicate` },
        },
      ],
      host_selection_retry_max_attempts: 5,
    },
  };
}

function clusters({ serin, pods, objects }: MeshGateway): Config {
  return [
    // Istio's agent, which nothing asks here.
    { name: 'sds-grpc', type: 'STATIC', connect_timeout: '1s' },
    {
      ...cluster(VLLM, pods),
      outlier_detection: outliers(rule(objects, 'vllm-llama2-7b-pool')?.outlierDetection),
    },
    {
      ...cluster(SERIN, serin),
      outlier_detection: outliers(rule(objects, 'serin').portLevelSettings[0].outlierDetection),
      typed_extension_protocol_options: {
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
          '@type': `${TYPE}.upstreams.http.v3.HttpProtocolOptions`,
          explicit_http_config: { http2_protocol_options: {} },
        },
      },
      transport_socket: {
        name: 'envoy.transport_sockets.tls',
        typed_config: {
          '@type': `${TYPE}.transport_sockets.tls.v3.UpstreamTlsContext`,
          common_tls_context: { alpn_protocols: ['h2'] },
        },
      },
    },
  ];
}

function rule(objects: readonly Manifest[], name: string): Config {
  const found = objects.find(({ kind, metadata }) => kind === 'DestinationRule' && metadata.name === name);
  return found?.spec.trafficPolicy;
}

/** As Istio writes the outlier detection of a DestinationRule. */
function outliers(from: Config): Config {
  if (from === undefined) return {};
  return {
    split_external_local_origin_errors: from.splitExternalLocalOriginErrors,
    consecutive_local_origin_failure: from.consecutiveLocalOriginFailures,
    enforcing_consecutive_local_origin_failure: 100,
    enforcing_consecutive_5xx: 0,
    enforcing_success_rate: 0,
    enforcing_local_origin_success_rate: 0,
    interval: from.interval,
    base_ejection_time: from.baseEjectionTime,
    max_ejection_percent: from.maxEjectionPercent,
  };
}

function cluster(name: string, hosts: readonly HostPort[]): Config {
  const endpoints = [{ lb_endpoints: hosts.map((host) => ({ endpoint: { address: address(host) } })) }];
  // What a DestinationRule of `manifests/istio` sets.
  const limits = {
    max_connections: 65_536,
    max_pending_requests: 65_536,
    max_requests: 65_536,
    max_retries: 65_536,
  };
  return {
    ...{ name, type: 'STATIC', connect_timeout: '1s', lb_policy: 'LEAST_REQUEST' },
    // Istio has no panic unless it is told so.
    common_lb_config: { healthy_panic_threshold: { value: 0 } },
    load_assignment: { cluster_name: name, endpoints },
    circuit_breakers: { thresholds: [limits] },
  };
}

function address({ host, port }: HostPort): Config {
  return { socket_address: { address: host, port_value: port } };
}
