import type { ExtProcFact } from './envoy-facts.ts';
import { type Finding, findingsOf } from './finding.ts';

/** Settings of Serin that Envoy's have to go with. */
export interface ExtProcLimits {
  readonly decisionTimeout: number;
  readonly maxBodyBytes: number;
}

const envoy = findingsOf('Envoy ext_proc');
const bodyMode = findingsOf('body mode');

/** Says what Envoy's ext_proc filters get wrong about messages: headers, bodies, times, failures. */
export function checkExtProcs(filters: readonly ExtProcFact[], limits: ExtProcLimits): readonly Finding[] {
  if (filters.length === 0) {
    return [
      envoy.fault(
        'Envoy has no ext_proc filter',
        'add envoy.filters.http.ext_proc as envoy/envoy.yaml shows it',
      ),
    ];
  }
  return filters.flatMap((filter) => [
    ...checkHeaders(filter),
    ...checkRequestBody(filter, limits),
    ...checkResponse(filter),
    ...checkTimeout(filter, limits),
    ...checkFailureMode(filter),
    ...checkMetadata(filter),
  ]);
}

function checkHeaders({ requestHeaderMode }: ExtProcFact): readonly Finding[] {
  if (requestHeaderMode === 'SEND') return [];
  return [
    envoy.fault(
      'the request headers are not sent, so Serin cannot pick a pod',
      'request_header_mode: SEND in processing_mode',
    ),
  ];
}

const FULL_DUPLEX =
  'request_body_mode: FULL_DUPLEX_STREAMED and request_trailer_mode: SEND in processing_mode';

function checkRequestBody(filter: ExtProcFact, limits: ExtProcLimits): readonly Finding[] {
  switch (filter.requestBodyMode) {
    case 'NONE':
      return [
        bodyMode.fault('Envoy sends no request body, so no model name is read or replaced', FULL_DUPLEX),
      ];
    case 'STREAMED':
      return filter.sendsBodyAtOnce
        ? [bodyMode.ok('Envoy sends request bodies STREAMED, without waiting for the header reply')]
        : [
            bodyMode.warning(
              'Envoy sends request bodies STREAMED, so pods are picked before the model is known',
              `${FULL_DUPLEX}, or send_body_without_waiting_for_header_response: true`,
            ),
          ];
    case 'BUFFERED':
    case 'BUFFERED_PARTIAL':
      return [checkBuffer(filter, limits)];
    default:
      return [bodyMode.ok(`Envoy sends request bodies ${filter.requestBodyMode}`)];
  }
}

function checkBuffer(
  { requestBodyMode, bufferLimitBytes }: ExtProcFact,
  { maxBodyBytes }: ExtProcLimits,
): Finding {
  if (bufferLimitBytes >= maxBodyBytes) return bodyMode.ok(`Envoy sends request bodies ${requestBodyMode}`);
  return bodyMode.warning(
    `Envoy holds request bodies (${requestBodyMode}) only up to ${bufferLimitBytes} bytes and answers longer ones with 413 or cuts them`,
    `per_connection_buffer_limit_bytes: ${maxBodyBytes} (--max-body-bytes) or more on the listener`,
  );
}

function checkResponse({ responseBodyMode, responseTrailerMode }: ExtProcFact): readonly Finding[] {
  const buffered = responseBodyMode === 'BUFFERED' || responseBodyMode === 'BUFFERED_PARTIAL';
  return [
    ...(buffered
      ? [
          bodyMode.warning(
            `Envoy holds response bodies back (${responseBodyMode}), so streams of tokens arrive all at once`,
            'response_body_mode: NONE in processing_mode',
          ),
        ]
      : []),
    ...(responseTrailerMode === 'SEND'
      ? []
      : [
          envoy.warning(
            'the stream ends before the response does, so Serin does not know what is in flight',
            'response_trailer_mode: SEND in processing_mode; it costs no message',
          ),
        ]),
  ];
}

function checkTimeout(filter: ExtProcFact, { decisionTimeout }: ExtProcLimits): readonly Finding[] {
  // In full duplex Envoy runs no timer.
  if (filter.requestBodyMode === 'FULL_DUPLEX_STREAMED' || filter.messageTimeoutMs > decisionTimeout)
    return [];
  return [
    envoy.warning(
      `message_timeout is ${filter.messageTimeoutMs} ms, so Envoy answers 504 before Serin’s ${decisionTimeout} ms for a decision are over`,
      `message_timeout: ${(2 * decisionTimeout) / 1000}s`,
    ),
  ];
}

function checkFailureMode({ failureModeAllow }: ExtProcFact): readonly Finding[] {
  if (!failureModeAllow) return [];
  return [
    envoy.warning(
      'requests go on without Serin when it fails: with no pod picked, or with one that the client named',
      'failure_mode_allow: false, and remove x-gateway-destination-endpoint from requests in a filter before',
    ),
  ];
}

function checkMetadata({ receivedNamespaces }: ExtProcFact): readonly Finding[] {
  if (receivedNamespaces.includes('envoy.lb')) return [];
  return [
    envoy.warning(
      'Envoy drops the dynamic metadata that name the pod; only the header does',
      'metadata_options: {receiving_namespaces: {untyped: [envoy.lb, serin]}}',
    ),
  ];
}
