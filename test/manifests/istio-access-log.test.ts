import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => parse(readFileSync(join(ROOT, path), 'utf8'));

interface Patch {
  readonly applyTo: string;
  readonly match: object;
  // biome-ignore lint/suspicious/noExplicitAny: Envoy's config
  readonly patch: { readonly operation: string; readonly value: any };
}

const manager =
  read('envoy/envoy-als.yaml').static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
const shipped = (name: string) =>
  manager.http_filters.find((filter: { readonly name: string }) => filter.name === name).typed_config;

const COMPONENTS = [
  ['access-log', 'serin', 'serin', ['route']],
  ['access-log-gateway-api', 'default.test-llm-route.0', 'envoy.lb', ['serin', 'route']],
] as const;

describe.each(COMPONENTS)('manifests/istio/components/%s', (name, route, namespace, path) => {
  const { spec } = read(`manifests/istio/components/${name}/access-log.yaml`);
  const patches: readonly Patch[] = spec.configPatches;
  const [json, sse, routed, log] = patches.map(({ patch }) => patch.value);

  it('has the proxy read answers as envoy/envoy-als.yaml does, JSON on the routes to Serin alone', () => {
    const filter = 'envoy.filters.http.json_to_metadata';
    expect(json).toMatchObject({ name: `${filter}/serin`, disabled: true });
    expect(routed.typed_per_filter_config).toEqual({ [`${filter}/serin`]: shipped(filter) });
    expect(sse).toEqual({
      name: 'envoy.filters.http.sse_to_metadata/serin',
      typed_config: shipped('envoy.filters.http.sse_to_metadata'),
    });
    expect(patches[2]?.match).toMatchObject({
      routeConfiguration: { vhost: { route: { name: route } } },
    });
  });

  it('comes behind the filters that it is placed relative to', () => {
    expect(spec.priority).toBe(20);
  });

  it('sends the log of what Serin has decided, under a name that HTTP/2 takes, as that config does', () => {
    const [own] = log.typed_config.access_log;
    const [{ typed_config }] = manager.access_log;
    const envoy_grpc = {
      cluster_name: 'outbound|9002||serin.default.svc.cluster.local',
      authority: 'serin.default.svc.cluster.local:9002',
    };
    expect(own.typed_config).toEqual({
      ...typed_config,
      common_config: { ...typed_config.common_config, grpc_service: { envoy_grpc } },
    });
    expect(own.filter.metadata_filter).toEqual({
      matcher: {
        filter: namespace,
        path: path.map((key) => ({ key })),
        value: { present_match: true },
      },
      match_if_key_not_found: false,
    });
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
