import { NODE_ADDRESS } from '../../scripts/node/settings.ts';
import { kubectl, rolledOut } from '../node/kubectl.ts';
import { XDS_PORT } from './istiod.ts';
import { applyObjects, deleteObjects } from './objects.ts';

/** The port of a gateway's Service, and of the Envoy behind it: the seed's. */
export const GATEWAY_PORT = 8080;
const ADMIN_PORT = 15_000;

/** Who a gateway is to istiod. */
export interface GatewayIdentity {
  /** The name of its Deployment and of its Service. */
  readonly name: string;
  readonly namespace: string;
  /** The labels by which Gateways and EnvoyFilters select it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A real Envoy in a pod, behind a Service, that knows nothing but where its istiod is. */
export interface GatewayPod {
  /** The address of its Service. */
  readonly address: string;
  /** `ip:port` of Envoy's admin interface. */
  readonly adminAddress: string;
  /** A page of it. */
  readonly admin: (path: string) => Promise<string>;
  /** Sets the level of one of Envoy's loggers: `router=debug`. */
  readonly setLogLevel: (level: string) => Promise<void>;
  /** Everything that it has written. */
  readonly log: () => Promise<string>;
  /** The entries of its access log so far. */
  readonly accessLog: () => Promise<readonly Readonly<Record<string, unknown>>[]>;
  readonly remove: () => Promise<void>;
}

/** As the agent of Istio's own proxies would write it, but for certificates and Istio's own filters. */
function bootstrap({ namespace, labels }: GatewayIdentity): unknown {
  const ads = { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' };
  return {
    node: {
      metadata: { NAMESPACE: namespace, LABELS: labels, CLUSTER_ID: 'Kubernetes', ISTIO_VERSION: '1.31.0' },
    },
    admin: { address: { socket_address: { address: '0.0.0.0', port_value: ADMIN_PORT } } },
    dynamic_resources: {
      ads_config: {
        api_type: 'DELTA_GRPC',
        transport_api_version: 'V3',
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' } }],
      },
      cds_config: ads,
      lds_config: ads,
    },
    static_resources: { clusters: [grpcCluster('xds-grpc', NODE_ADDRESS, XDS_PORT)] },
  };
}

/** A cluster of one server that speaks gRPC. */
export function grpcCluster(name: string, address: string, port: number): unknown {
  const endpoint = { address: { socket_address: { address, port_value: port } } };
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
  };
}

/** Access logs are written at once. */
const FLAGS = ['--service-cluster', 'gateway', '--concurrency', '2', '--file-flush-interval-msec', '100'];

function container({ namespace }: GatewayIdentity): unknown {
  const fieldEnv = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const id = `router~$(POD_ADDRESS)~$(POD_NAME).${namespace}~${namespace}.svc.cluster.local`;
  return {
    name: 'envoy',
    image: 'envoyproxy/envoy:v1.40.0',
    imagePullPolicy: 'Never',
    env: [fieldEnv('POD_NAME', 'metadata.name'), fieldEnv('POD_ADDRESS', 'status.podIP')],
    command: ['/usr/local/bin/envoy'],
    args: ['-c', '/etc/envoy/envoy.json', '--service-node', id, ...FLAGS],
    ports: [{ containerPort: GATEWAY_PORT }],
    // Ready once istiod's configuration is there.
    readinessProbe: { httpGet: { path: '/ready', port: ADMIN_PORT }, periodSeconds: 1 },
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, readOnlyRootFilesystem: true },
    volumeMounts: [{ name: 'config', mountPath: '/etc/envoy' }],
  };
}

function objectsOf(identity: GatewayIdentity): readonly unknown[] {
  const { name, namespace, labels } = identity;
  const metadata = { name, namespace };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { 'envoy.json': JSON.stringify(bootstrap(identity)) },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: 'http', port: GATEWAY_PORT, targetPort: GATEWAY_PORT }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 1,
            containers: [container(identity)],
            volumes: [{ name: 'config', configMap: { name } }],
          },
        },
      },
    },
  ];
}

/** Runs a gateway; resolves once it has what istiod makes of the objects that are there. */
export async function startGatewayPod(identity: GatewayIdentity): Promise<GatewayPod> {
  const { name, namespace } = identity;
  const objects = objectsOf(identity);
  await applyObjects(objects);
  await rolledOut(name, namespace);
  const inNamespace = ['-n', namespace];
  const selector = Object.entries(identity.labels)
    .map((label) => label.join('='))
    .join(',');
  const [address, pod] = await Promise.all([
    kubectl('get', 'service', name, ...inNamespace, '-o', 'jsonpath={.spec.clusterIP}'),
    kubectl('get', 'pods', ...inNamespace, '-l', selector, '-o', 'jsonpath={.items[0].status.podIP}'),
  ]);
  const adminAddress = `${pod}:${ADMIN_PORT}`;
  const admin = `http://${adminAddress}`;
  const log = () => kubectl('logs', ...inNamespace, `deployment/${name}`);
  return {
    address,
    adminAddress,
    admin: async (path) => (await fetch(`${admin}${path}`)).text(),
    setLogLevel: async (level) => void (await fetch(`${admin}/logging?${level}`, { method: 'POST' })),
    log,
    accessLog: async () => {
      const lines = (await log()).split('\n');
      return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    },
    remove: () => deleteObjects(objects),
  };
}
