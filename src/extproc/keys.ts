/** Every header and metadata key that crosses the wire, with its source. */

/** Request header that names the chosen endpoint(s) (GIE proposal 004). */
export const DESTINATION_HEADER = 'x-gateway-destination-endpoint';

/** Dynamic metadata namespace that load balancers read (proposal 004). */
export const LB_NAMESPACE = 'envoy.lb';

/** Dynamic metadata namespace for Serin's own decision, for access logs. */
export const SERIN_NAMESPACE = 'serin';

/** Key in `envoy.lb` under which the same decision rides where access logs tell of responses. */
export const DECISION_KEY = 'serin';

/** Dynamic metadata namespace in which the proxy leaves what it has read of a response's body. */
export const RESPONSE_NAMESPACE = 'serin.response';

/** Metadata namespace of the proxy's subset hint (proposal 004). */
export const SUBSET_NAMESPACE = 'envoy.lb.subset_hint';

/** Key of the subset hint: a list of `ip:port` or `ip` (proposal 004). */
export const SUBSET_KEY = 'x-gateway-destination-endpoint-subset';

/** Key in `envoy.lb` under which the proxy reports the endpoint that served (proposal 004). */
export const SERVED_KEY = 'x-gateway-destination-endpoint-served';

/** Request headers that name an InferenceObjective, the newer spelling first. */
export const OBJECTIVE_HEADERS = ['x-llm-d-inference-objective', 'x-gateway-inference-objective'] as const;

/** Request header by which a client names its session (llm-d's session affinity reads the same one). */
export const SESSION_HEADER = 'x-session-id';

/** Model name that a body-based router lifted into a header (GIE body-based routing). */
export const MODEL_NAME_HEADER = 'x-gateway-model-name';

/** Request header with the id that proxies give each request. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** Request headers of a trace that the request is part of (W3C Trace Context). */
export const TRACE_PARENT_HEADER = 'traceparent';
export const TRACE_STATE_HEADER = 'tracestate';

/** Request header by which a client asks how its request was decided; only with `--allow-debug-header`. */
export const DEBUG_HEADER = 'x-serin-debug';

/** Response headers that answer it. */
export const DEBUG_TARGET_HEADER = 'x-serin-target';
export const DEBUG_ENDPOINT_HEADER = 'x-serin-endpoint';
export const DEBUG_REASON_HEADER = 'x-serin-reason';

/** Response header of a rejection: the reason, for clients and access logs. */
export const REJECTED_HEADER = 'x-serin-rejected';

/** gRPC call metadata with which an operator names the request body mode (`grpc_service.initial_metadata`). */
export const BODY_MODE_METADATA = 'x-epp-body-mode';

/** The same for the response body. */
export const RESPONSE_BODY_MODE_METADATA = 'x-epp-response-body-mode';

/** gRPC call metadata with which an operator names the pool of a stream: `namespace/name`, or `name`. */
export const POOL_METADATA = 'x-serin-pool';

/** The request and response headers that Serin reads. */
export const WANTED_HEADERS: readonly string[] = [
  ':method',
  ':path',
  ':authority',
  ':status',
  'content-type',
  'content-encoding',
  'content-length',
  MODEL_NAME_HEADER,
  DESTINATION_HEADER,
  SESSION_HEADER,
  REQUEST_ID_HEADER,
  TRACE_PARENT_HEADER,
  TRACE_STATE_HEADER,
  DEBUG_HEADER,
  ...OBJECTIVE_HEADERS,
];
