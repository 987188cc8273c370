import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FLAGS } from '../../src/config/flags.ts';
import { runCommand } from '../../src/envoy-binary/run-command.ts';
import { envoyPath } from './gateway.ts';

const FOLDER = join(import.meta.dirname, '../../envoy');

describe.each(['envoy.yaml', 'envoy-override-host.yaml', 'envoy-als.yaml'])('envoy/%s', (name) => {
  const path = join(FOLDER, name);
  const { listeners, clusters } = parse(readFileSync(path, 'utf8')).static_resources;
  const [listener] = listeners;
  const manager = listener.filter_chains[0].filters[0].typed_config;
  const filters: readonly { readonly name: string; readonly typed_config: Record<string, unknown> }[] =
    manager.http_filters;
  const extProc = filters.find((filter) => filter.name === 'envoy.filters.http.ext_proc')?.typed_config;

  it('is a config that the real Envoy takes as it is shipped', async () => {
    const args = ['--mode', 'validate', '-c', path];
    const options = { env: process.env, signal: AbortSignal.timeout(60_000) };
    const result = await runCommand(await envoyPath(), args, options);
    expect(result).toMatchObject({ kind: 'ended', code: 0 });
  });

  it('asks Serin under a name that HTTP/2 takes, and fails closed', () => {
    expect(extProc).toMatchObject({
      grpc_service: { envoy_grpc: { cluster_name: 'serin', authority: 'serin' } },
      failure_mode_allow: false,
    });
  });

  it('keeps the stream open until the response has ended, and takes both namespaces of the decision', () => {
    expect(extProc).toMatchObject({
      processing_mode: { response_trailer_mode: 'SEND' },
      metadata_options: {
        receiving_namespaces: { untyped: ['envoy.lb', 'serin'] },
        forwarding_namespaces: { untyped: expect.arrayContaining(['envoy.lb.subset_hint']) },
      },
    });
  });

  it('removes a destination of the client before Serin is asked', () => {
    const names = filters.map((filter) => filter.name);
    expect(names.indexOf('envoy.filters.http.header_mutation')).toBeLessThan(
      names.indexOf('envoy.filters.http.ext_proc'),
    );
    expect(filters[0]?.typed_config).toMatchObject({
      mutations: { request_mutations: [{ remove: 'x-gateway-destination-endpoint' }] },
    });
  });

  it('cuts no generation off, and ends what is idle', () => {
    const { route } = manager.route_config.virtual_hosts[0].routes[0];
    expect([route.timeout, route.idle_timeout, manager.stream_idle_timeout]).toEqual(['0s', '900s', '900s']);
  });

  it('takes every body that Serin takes, and more requests than its default of 1024', () => {
    expect(listener.per_connection_buffer_limit_bytes).toBeGreaterThan(FLAGS.maxBodyBytes.fallback);
    for (const { circuit_breakers } of clusters) {
      const [{ max_requests, max_pending_requests, max_connections }] = circuit_breakers.thresholds;
      expect(Math.min(max_requests, max_pending_requests, max_connections)).toBeGreaterThan(1024);
    }
  });
});

describe('envoy/envoy-als.yaml', () => {
  const { listeners } = parse(readFileSync(join(FOLDER, 'envoy-als.yaml'), 'utf8')).static_resources;
  const { http_filters, access_log } = listeners[0].filter_chains[0].filters[0].typed_config;

  it('sends its log to Serin under a name that HTTP/2 takes, with what tells event streams apart', () => {
    expect(access_log).toMatchObject([
      {
        name: 'envoy.access_loggers.http_grpc',
        typed_config: {
          common_config: {
            transport_api_version: 'V3',
            grpc_service: { envoy_grpc: { cluster_name: 'serin', authority: 'serin' } },
          },
          additional_response_headers_to_log: ['content-type', 'content-encoding'],
        },
      },
    ]);
    expect(access_log[0]).not.toHaveProperty('filter');
  });

  it('sends no part of a response to Serin, and lets Envoy read it without a say in what was decided', () => {
    const extProc = http_filters.find(({ name }: { name: string }) => name.endsWith('ext_proc'));
    expect(extProc.typed_config.processing_mode).toMatchObject({
      response_header_mode: 'SKIP',
      response_body_mode: 'NONE',
    });
    const [json, sse] = http_filters.slice(2, 4);
    const rules = [
      ...json.typed_config.response_rules.rules,
      ...sse.typed_config.response_rules.content_parser.typed_config.rules.map(
        ({ rule }: { rule: object }) => rule,
      ),
    ];
    const written = rules.map(({ on_present }) => `${on_present.metadata_namespace} ${on_present.key}`);
    expect(new Set(written)).toEqual(
      new Set(['model', 'prompt_tokens', 'completion_tokens'].map((key) => `serin.response ${key}`)),
    );
  });
});
