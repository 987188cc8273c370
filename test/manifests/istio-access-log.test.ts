import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string): unknown => parse(readFileSync(join(ROOT, path), 'utf8'));

const filter = z.looseObject({ name: z.string(), typed_config: z.unknown() });
const commonConfig = z.looseObject({ grpc_service: z.unknown() });
const accessLog = z.object({
  filter: z.unknown().optional(),
  typed_config: z.looseObject({ common_config: commonConfig }),
});
const managerConfig = z.object({ http_filters: z.array(filter), access_log: z.tuple([accessLog]) });
const chain = z.object({ filters: z.tuple([z.object({ typed_config: managerConfig })]) });
const bootstrap = z.object({
  static_resources: z.object({ listeners: z.tuple([z.object({ filter_chains: z.tuple([chain]) })]) }),
});

/** Of an EnvoyFilter's patches. */
const patchOf = <T extends z.ZodType>(value: T) =>
  z.object({
    applyTo: z.string(),
    match: z.looseObject({}),
    patch: z.object({ operation: z.string(), value }),
  });
const envoyFilter = z.object({
  spec: z.object({
    priority: z.number(),
    configPatches: z.tuple([
      patchOf(filter),
      patchOf(filter),
      patchOf(z.object({ typed_per_filter_config: z.unknown() })),
      patchOf(z.object({ typed_config: z.looseObject({ access_log: z.tuple([accessLog]) }) })),
    ]),
  }),
});

const [listener] = bootstrap.parse(read('envoy/envoy-als.yaml')).static_resources.listeners;
const manager = listener.filter_chains[0].filters[0].typed_config;
const shipped = (name: string) => manager.http_filters.find((each) => each.name === name)?.typed_config;

const COMPONENTS = [
  ['access-log', 'serin', 'serin', ['route']],
  ['access-log-gateway-api', 'default.test-llm-route.0', 'envoy.lb', ['serin', 'route']],
] as const;

describe.each(COMPONENTS)('manifests/istio/components/%s', (name, route, namespace, path) => {
  const { spec } = envoyFilter.parse(read(`manifests/istio/components/${name}/access-log.yaml`));
  const patches = spec.configPatches;
  const [json, sse, routed, log] = patches;

  it('has the proxy read answers as envoy/envoy-als.yaml does, JSON on the routes to Serin alone', () => {
    const reader = 'envoy.filters.http.json_to_metadata';
    expect(json.patch.value).toMatchObject({ name: `${reader}/serin`, disabled: true });
    expect(routed.patch.value.typed_per_filter_config).toEqual({ [`${reader}/serin`]: shipped(reader) });
    expect(sse.patch.value).toEqual({
      name: 'envoy.filters.http.sse_to_metadata/serin',
      typed_config: shipped('envoy.filters.http.sse_to_metadata'),
    });
    expect(routed.match).toMatchObject({
      routeConfiguration: { vhost: { route: { name: route } } },
    });
  });

  it('comes behind the filters that it is placed relative to', () => {
    expect(spec.priority).toBe(20);
  });

  it('sends the log of what Serin has decided, under a name that HTTP/2 takes, as that config does', () => {
    const [own] = log.patch.value.typed_config.access_log;
    const [{ typed_config }] = manager.access_log;
    const envoy_grpc = {
      cluster_name: 'outbound|9002||serin.default.svc.cluster.local',
      authority: 'serin.default.svc.cluster.local:9002',
    };
    expect(own.typed_config).toEqual({
      ...typed_config,
      common_config: { ...typed_config.common_config, grpc_service: { envoy_grpc } },
    });
    const matcher = {
      filter: namespace,
      path: path.map((key) => ({ key })),
      value: { present_match: true },
    };
    expect(own.filter).toEqual({ metadata_filter: { matcher, match_if_key_not_found: false } });
  });

  it('patches gateways alone, in the order in which the filters have to come', () => {
    expect(patches.map(({ applyTo, patch }) => `${applyTo} ${patch.operation}`)).toEqual([
      'HTTP_FILTER INSERT_BEFORE',
      'HTTP_FILTER INSERT_BEFORE',
      'HTTP_ROUTE MERGE',
      'NETWORK_FILTER MERGE',
    ]);
    for (const { match } of patches) expect(match).toMatchObject({ context: 'GATEWAY' });
  });
});
