import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readClusters } from '../../src/doctor/envoy-clusters.ts';
import { readExtProcs } from '../../src/doctor/envoy-facts.ts';
import { cluster, extProc } from './envoy.ts';

const TYPES = 'type.googleapis.com/envoy.extensions';
const EXT_PROC = `${TYPES}.filters.http.ext_proc.v3.ExternalProcessor`;
const PER_ROUTE = `${TYPES}.filters.http.ext_proc.v3.ExtProcPerRoute`;
const DESTINATION = 'x-gateway-destination-endpoint';

/** A shipped config in the shape of a config_dump. */
async function dumpOf(name: string): Promise<unknown> {
  const { static_resources: resources } = parse(
    await readFile(join(import.meta.dirname, '../../envoy', name), 'utf8'),
  );
  const static_clusters = resources.clusters.map((each: unknown) => ({ cluster: each }));
  // Envoy shows its bootstrap too.
  const bootstrap = { static_resources: resources };
  return { configs: [{ bootstrap }, { static_clusters }, { static_listeners: resources.listeners }] };
}

const service = (name: string) => ({ envoy_grpc: { cluster_name: name } });

test('the shipped configs are read as they are written', async () => {
  const dump = await dumpOf('envoy.yaml');
  expect(readExtProcs(dump)).toEqual([extProc()]);
  expect([...readClusters(dump).values()]).toEqual([
    cluster(),
    cluster({
      ...{ name: 'vllm', tls: 'plaintext', http2: false },
      destination: { kind: 'original-dst', header: DESTINATION },
    }),
  ]);
  const { vllm } = Object.fromEntries(readClusters(await dumpOf('envoy-override-host.yaml')));
  expect(vllm?.destination).toEqual({ kind: 'override-host' });
});

test('what a filter leaves out has Envoy’s defaults', () => {
  const filter = { '@type': EXT_PROC, grpc_service: service('epp') };
  expect(readExtProcs({ configs: [{ any: [{ typed_config: filter }] }] })).toEqual([
    extProc({
      ...{ cluster: 'epp', authority: undefined, requestBodyMode: 'NONE', responseTrailerMode: 'SKIP' },
      ...{ messageTimeoutMs: 200, receivedNamespaces: [], bufferLimitBytes: 1_048_576 },
    }),
  ]);
});

test('metadata, timeouts and the buffer of the listener around it are read', () => {
  const typed_config = {
    '@type': EXT_PROC,
    grpc_service: { ...service('epp'), initial_metadata: [{ key: 'X-Serin-Pool', value: 'a/b' }] },
    message_timeout: '0.500s',
    failure_mode_allow: true,
    send_body_without_waiting_for_header_response: true,
  };
  const listener = {
    per_connection_buffer_limit_bytes: 32_768,
    filter_chains: [{ filters: [{ typed_config }] }],
  };
  expect(readExtProcs({ configs: [{ listener }] })).toMatchObject([
    {
      metadata: ['x-serin-pool'],
      messageTimeoutMs: 500,
      failureModeAllow: true,
      sendsBodyAtOnce: true,
      bufferLimitBytes: 32_768,
    },
  ]);
});

test('where routes bring their own service, the filter that asks for nothing is left out', () => {
  const hook = {
    '@type': EXT_PROC,
    grpc_service: service('dummy'),
    processing_mode: { request_header_mode: 'SKIP' },
  };
  const route = {
    '@type': PER_ROUTE,
    overrides: {
      grpc_service: service('epp'),
      processing_mode: { request_body_mode: 'FULL_DUPLEX_STREAMED' },
    },
  };
  const clusters = (dump: unknown) => readExtProcs(dump).map((each) => each.cluster);
  expect(clusters({ configs: [hook, route] })).toEqual(['epp']);
  expect(clusters({ configs: [hook] })).toEqual(['dummy']);
});

test('what a route does not override is as the filter of the listener has it', () => {
  const hook = {
    '@type': EXT_PROC,
    grpc_service: service('dummy'),
    processing_mode: { request_header_mode: 'SKIP' },
    message_timeout: '1000s',
    failure_mode_allow: true,
    metadata_options: { receiving_namespaces: { untyped: ['envoy.lb'] } },
  };
  const overrides = { grpc_service: service('epp'), failure_mode_allow: false };
  const modes = { request_body_mode: 'FULL_DUPLEX_STREAMED', response_trailer_mode: 'SEND' };
  const route = { '@type': PER_ROUTE, overrides: { ...overrides, processing_mode: modes } };
  expect(readExtProcs({ configs: [hook, route] })).toEqual([
    extProc({
      ...{ cluster: 'epp', authority: undefined, receivedNamespaces: ['envoy.lb'] },
      ...{ messageTimeoutMs: 1_000_000, bufferLimitBytes: 1_048_576 },
    }),
  ]);
});

test('clusters that come dynamically are read too, with what they leave out', () => {
  const tlsContext = `${TYPES}.transport_sockets.tls.v3.UpstreamTlsContext`;
  const checked = (context: object) => ({
    ...{ name: 'a', http2_protocol_options: {} },
    transport_socket: { typed_config: { '@type': tlsContext, common_tls_context: context } },
  });
  const dump = (each: object) => ({ configs: [{ dynamic_active_clusters: [{ cluster: each }] }] });
  const read = (each: object) => readClusters(dump(each)).get('a');
  expect(read({ name: 'a' })).toEqual(
    cluster({ name: 'a', tls: 'plaintext', http2: false, maxRequests: 1024 }),
  );
  const verified = cluster({ name: 'a', verifies: true, maxRequests: 1024 });
  expect(read(checked({ validation_context: { trusted_ca: {} } }))).toEqual(verified);
  expect(read(checked({ validation_context: { trust_chain_verification: 'ACCEPT_UNTRUSTED' } }))).toEqual({
    ...verified,
    verifies: false,
  });
  expect(read({ name: 'a', transport_socket_matches: [{}] })?.tls).toBe('varies');
  const high = { priority: 'HIGH', max_requests: 9 };
  expect(read({ name: 'a', circuit_breakers: { thresholds: [high] } })?.maxRequests).toBe(1024);
});

test('anything that is no config_dump has no filters and no clusters', () => {
  for (const dump of [undefined, 'x', [], { configs: 3 }, { configs: [{ static_clusters: [{}, 1] }] }]) {
    expect([readExtProcs(dump), readClusters(dump).size]).toEqual([[], 0]);
  }
});
