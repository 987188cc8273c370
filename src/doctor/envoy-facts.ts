import { z } from 'zod';

/** One ext_proc filter, or one route's overrides of it, as Envoy's config_dump shows it. */
export interface ExtProcFact {
  /** Undefined if it is no envoy_grpc service. */
  readonly cluster: string | undefined;
  /** What Envoy sends as `:authority`; undefined if it sends the cluster's name. */
  readonly authority: string | undefined;
  /** Keys of the call metadata that the operator sets. */
  readonly metadata: readonly string[];
  readonly requestHeaderMode: string;
  readonly requestBodyMode: string;
  readonly responseBodyMode: string;
  readonly responseTrailerMode: string;
  readonly sendsBodyAtOnce: boolean;
  readonly messageTimeoutMs: number;
  readonly failureModeAllow: boolean;
  /** Namespaces of dynamic metadata that Envoy takes from Serin. */
  readonly receivedNamespaces: readonly string[];
  /** Of the listener around it. */
  readonly bufferLimitBytes: number;
}

const ENVOY_BUFFER_BYTES = 1024 * 1024;
const ENVOY_MESSAGE_TIMEOUT_MS = 200;

const grpcService = z.object({
  envoy_grpc: z.object({ cluster_name: z.string(), authority: z.string().optional() }).optional(),
  initial_metadata: z.array(z.object({ key: z.string() })).default([]),
});

const processing = z
  .object({
    request_header_mode: z.string().optional(),
    request_body_mode: z.string().optional(),
    response_body_mode: z.string().optional(),
    response_trailer_mode: z.string().optional(),
  })
  .default({});

const settings = z.object({
  grpc_service: grpcService.optional(),
  processing_mode: processing,
  send_body_without_waiting_for_header_response: z.boolean().default(false),
  message_timeout: z.string().optional(),
  failure_mode_allow: z.boolean().default(false),
  metadata_options: z
    .object({ receiving_namespaces: z.object({ untyped: z.array(z.string()).default([]) }).optional() })
    .optional(),
});

/**
 * Finds every ext_proc filter of a config_dump, those that are alike once: the dump shows what is static twice,
 * and a filter may be in several listeners. Where routes bring their own service, a filter that asks for
 * nothing by itself is only their hook and is left out.
 */
export function readExtProcs(dump: unknown): readonly ExtProcFact[] {
  const found = typedConfigs(dump, { type: /\.ext_proc\.v3\.(ExternalProcessor|ExtProcPerRoute)$/ });
  const base = baseOf(found);
  const filters = found.flatMap(({ value, bufferLimitBytes }) => {
    const { overrides } = value;
    const read = settings.safeParse(isRecord(overrides) ? { ...base, ...overrides } : value);
    const asks = isRecord(overrides) ? 'grpc_service' in overrides : 'grpc_service' in value;
    return read.success && asks ? [factOf(read.data, bufferLimitBytes)] : [];
  });
  const facts = [...new Map(filters.map((filter) => [JSON.stringify(filter), filter])).values()];
  const asking = facts.filter(({ requestHeaderMode }) => requestHeaderMode !== 'SKIP');
  return asking.length > 0 ? asking : facts;
}

/** What a route does not override is as the filter of the listener has it: the hook, where there is one. */
function baseOf(found: readonly TypedConfig[]): TypedConfig['value'] {
  const filters = found.map(({ value }) => value).filter(({ overrides }) => overrides === undefined);
  const isHook = (value: unknown) =>
    settings.safeParse(value).data?.processing_mode.request_header_mode === 'SKIP';
  return filters.find(isHook) ?? filters[0] ?? {};
}

function factOf(read: z.infer<typeof settings>, bufferLimitBytes: number): ExtProcFact {
  const { grpc_service: service, processing_mode: modes } = read;
  return {
    cluster: service?.envoy_grpc?.cluster_name,
    authority: service?.envoy_grpc?.authority,
    metadata: service?.initial_metadata.map(({ key }) => key.toLowerCase()) ?? [],
    requestHeaderMode: orDefault(modes.request_header_mode, 'SEND'),
    requestBodyMode: modes.request_body_mode ?? 'NONE',
    responseBodyMode: modes.response_body_mode ?? 'NONE',
    responseTrailerMode: orDefault(modes.response_trailer_mode, 'SKIP'),
    sendsBodyAtOnce: read.send_body_without_waiting_for_header_response,
    messageTimeoutMs: durationMs(read.message_timeout) ?? ENVOY_MESSAGE_TIMEOUT_MS,
    failureModeAllow: read.failure_mode_allow,
    receivedNamespaces: read.metadata_options?.receiving_namespaces?.untyped ?? [],
    bufferLimitBytes,
  };
}

function orDefault(mode: string | undefined, fallback: string): string {
  return mode === undefined || mode === 'DEFAULT' ? fallback : mode;
}

/** `1.500s`, as JSON writes a duration. */
function durationMs(text: string | undefined): number | undefined {
  const seconds = /^([\d.]+)s$/.exec(text ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

interface TypedConfig {
  readonly value: Readonly<Record<string, unknown>>;
  readonly bufferLimitBytes: number;
}

interface Search {
  readonly type: RegExp;
  readonly bufferLimitBytes?: number;
}

/** Every object of a type, wherever it stands: filters hide in chains, defaults, routes and matchers. */
function typedConfigs(value: unknown, search: Search): readonly TypedConfig[] {
  if (Array.isArray(value)) return value.flatMap((each) => typedConfigs(each, search));
  if (!isRecord(value)) return [];
  const limit = value.per_connection_buffer_limit_bytes;
  const bufferLimitBytes =
    typeof limit === 'number' ? limit : (search.bufferLimitBytes ?? ENVOY_BUFFER_BYTES);
  const type = value['@type'];
  const own = typeof type === 'string' && search.type.test(type) ? [{ value, bufferLimitBytes }] : [];
  const below = { ...search, bufferLimitBytes };
  return [...own, ...Object.values(value).flatMap((each) => typedConfigs(each, below))];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
