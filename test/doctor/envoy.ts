import type { ClusterFact } from '../../src/doctor/envoy-clusters.ts';
import type { ExtProcFact } from '../../src/doctor/envoy-facts.ts';

/** The ext_proc filter of `envoy/envoy.yaml`, with changes. */
export function extProc(changes: Partial<ExtProcFact> = {}): ExtProcFact {
  return {
    cluster: 'serin',
    authority: 'serin',
    metadata: [],
    requestHeaderMode: 'SEND',
    requestBodyMode: 'FULL_DUPLEX_STREAMED',
    responseBodyMode: 'NONE',
    responseTrailerMode: 'SEND',
    sendsBodyAtOnce: false,
    messageTimeoutMs: 2000,
    failureModeAllow: false,
    receivedNamespaces: ['envoy.lb', 'serin'],
    bufferLimitBytes: 11_010_048,
    ...changes,
  };
}

/** The cluster `serin` of `envoy/envoy.yaml`, with changes. */
export function cluster(changes: Partial<ClusterFact> = {}): ClusterFact {
  return {
    name: 'serin',
    tls: 'tls',
    verifies: false,
    http2: true,
    maxRequests: 65_536,
    destination: undefined,
    ...changes,
  };
}
