import { z } from 'zod';

/** One cluster as Envoy's config_dump shows it. */
export interface ClusterFact {
  readonly name: string;
  /** `varies` where it depends on the endpoint. */
  readonly tls: 'tls' | 'plaintext' | 'varies';
  /** Whether the server's certificate has to be of some authority. */
  readonly verifies: boolean;
  readonly http2: boolean;
  /** Requests at once, which for gRPC are streams. */
  readonly maxRequests: number;
  /** How the cluster learns the pod that Serin picked; undefined if it does not. */
  readonly destination: Destination | undefined;
}

/** ORIGINAL_DST reads one address from a header; override_host takes a list, from a header or metadata. */
export type Destination =
  | { readonly kind: 'original-dst'; readonly header: string }
  | { readonly kind: 'override-host' };

const ENVOY_MAX_REQUESTS = 1024;
const ORIGINAL_DST_HEADER = 'x-envoy-original-dst-host';
const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

const present = z.record(z.string(), z.unknown());

const cluster = z.object({
  name: z.string(),
  type: z.string().optional(),
  transport_socket: z
    .object({ typed_config: z.object({ '@type': z.string(), common_tls_context: present.optional() }) })
    .optional(),
  transport_socket_matches: z.array(z.unknown()).default([]),
  http2_protocol_options: present.optional(),
  typed_extension_protocol_options: present.default({}),
  circuit_breakers: z
    .object({
      thresholds: z
        .array(z.object({ priority: z.string().optional(), max_requests: z.number().optional() }))
        .default([]),
    })
    .optional(),
  original_dst_lb_config: z
    .object({ use_http_header: z.boolean().default(false), http_header_name: z.string().optional() })
    .optional(),
  load_balancing_policy: z.unknown().optional(),
});

type Cluster = z.infer<typeof cluster>;

const dumps = z.object({ configs: z.array(present) });

/** Reads every cluster of a config_dump, by its name. */
export function readClusters(dump: unknown): ReadonlyMap<string, ClusterFact> {
  const parsed = dumps.safeParse(dump);
  const entries = (parsed.data?.configs ?? []).flatMap(({ static_clusters, dynamic_active_clusters }) => [
    ...listOf(static_clusters),
    ...listOf(dynamic_active_clusters),
  ]);
  return new Map(
    entries.flatMap((entry) => {
      const read = z.object({ cluster }).safeParse(entry);
      return read.success ? [[read.data.cluster.name, factOf(read.data.cluster)] as const] : [];
    }),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function factOf(read: Cluster): ClusterFact {
  return {
    name: read.name,
    tls: tlsOf(read),
    verifies: verifies(read.transport_socket?.typed_config.common_tls_context ?? {}),
    http2: speaksHttp2(read),
    maxRequests: maxRequestsOf(read),
    destination: destinationOf(read),
  };
}

function tlsOf({ transport_socket: socket, transport_socket_matches: matches }: Cluster): ClusterFact['tls'] {
  if (matches.length > 0) return 'varies';
  return socket?.typed_config['@type'].endsWith('UpstreamTlsContext') ? 'tls' : 'plaintext';
}

function verifies(context: Readonly<Record<string, unknown>>): boolean {
  const keys = ['validation_context', 'validation_context_sds_secret_config', 'combined_validation_context'];
  // A context may be there and still take any certificate.
  return keys.some((key) => key in context) && !JSON.stringify(context).includes('ACCEPT_UNTRUSTED');
}

function speaksHttp2({ typed_extension_protocol_options: options, http2_protocol_options: older }: Cluster) {
  const http = options[HTTP_OPTIONS];
  const text = http === undefined ? '' : JSON.stringify(http);
  return older !== undefined || text.includes('"http2_protocol_options"') || text.includes('"auto_config"');
}

function maxRequestsOf({ circuit_breakers: breakers }: Cluster): number {
  const threshold = breakers?.thresholds.find(({ priority = 'DEFAULT' }) => priority === 'DEFAULT');
  return threshold?.max_requests ?? ENVOY_MAX_REQUESTS;
}

function destinationOf(read: Cluster): Destination | undefined {
  const { original_dst_lb_config: original, load_balancing_policy: policy } = read;
  if (read.type === 'ORIGINAL_DST' && original?.use_http_header) {
    return { kind: 'original-dst', header: original.http_header_name ?? ORIGINAL_DST_HEADER };
  }
  const overrides = policy !== undefined && JSON.stringify(policy).includes('override_host');
  return overrides ? { kind: 'override-host' } : undefined;
}
