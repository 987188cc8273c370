import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { filterPath, renderEnvoyConfig } from '../../src/envoy-binary/render-config.ts';
import { shippedConfig } from './real-envoy.ts';

const addresses = {
  listener: { host: '127.0.0.1', port: 8081 },
  adminPort: 0,
  serin: { host: '::1', port: 19002 },
};
const at = (host: string, port: number) => ({ socket_address: { address: host, port_value: port } });

test('changes the addresses and nothing else', async () => {
  const shipped = await shippedConfig('envoy.yaml');
  const expected = parse(shipped);
  expected.admin.address = at('127.0.0.1', 0);
  expected.static_resources.listeners[0].address = at('127.0.0.1', 8081);
  const [serin] = expected.static_resources.clusters;
  serin.load_assignment.endpoints = [{ lb_endpoints: [{ endpoint: { address: at('::1', 19002) } }] }];
  expect(parse(renderEnvoyConfig(shipped, addresses))).toEqual(expected);
});

test('lists the pods of a config whose Envoy knows them', async () => {
  const pods = [
    { host: '127.0.0.1', port: 8001 },
    { host: '127.0.0.1', port: 8002 },
  ];
  const rendered = parse(
    renderEnvoyConfig(await shippedConfig('envoy-override-host.yaml'), { ...addresses, pods }),
  );
  expect(rendered.static_resources.clusters[1].load_assignment.endpoints).toEqual([
    {
      lb_endpoints: [
        { endpoint: { address: at('127.0.0.1', 8001) } },
        { endpoint: { address: at('127.0.0.1', 8002) } },
      ],
    },
  ]);
});

test('sets and deletes further values by the names of filters and clusters', async () => {
  const mode = [...filterPath('envoy.filters.http.ext_proc'), 'processing_mode'];
  const edits = [
    { path: [...mode, 'request_body_mode'], value: 'BUFFERED' },
    { path: [...mode, 'request_trailer_mode'], value: undefined },
    { path: ['static_resources', 'clusters', 'serin', 'transport_socket'], value: undefined },
  ];
  const rendered = parse(renderEnvoyConfig(await shippedConfig('envoy.yaml'), { ...addresses, edits }));
  const [manager] = rendered.static_resources.listeners[0].filter_chains[0].filters;
  expect(manager.typed_config.http_filters[1].typed_config.processing_mode).toEqual({
    request_header_mode: 'SEND',
    request_body_mode: 'BUFFERED',
    response_header_mode: 'SEND',
    response_body_mode: 'NONE',
    response_trailer_mode: 'SEND',
  });
  expect(rendered.static_resources.clusters[0].transport_socket).toBe(undefined);
});

test('refuses a config that lacks what it should change', () => {
  const text = 'static_resources: { listeners: [{ name: other }] }';
  expect(() => renderEnvoyConfig(text, addresses)).toThrow(
    'the Envoy config has no serin-ingress in static_resources.listeners',
  );
});
