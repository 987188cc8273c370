import { describe, expect, onTestFinished, test } from 'vitest';
import { doctorCommand } from '../../src/commands/doctor.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { gatherEnvoy } from '../../src/doctor/gather-envoy.ts';
import { filterPath } from '../../src/envoy-binary/render-config.ts';
import { runCommand } from '../commands/run-command.ts';
import { type Stack, type StackOptions, startStack } from './stack.ts';

/** The library refuses what is no host, and tells of no connection that it has refused. */
const ON_GRPC_JS = process.env.SERIN_TRANSPORT === 'grpc-js';
const EXT_PROC = filterPath('envoy.filters.http.ext_proc');

/** Starts a stack that ends with the test. */
async function start(options: StackOptions): Promise<Stack> {
  const stack = await startStack(options);
  onTestFinished(stack.stop);
  return stack;
}

/** Runs the doctor on a stack, with the flags of its Serin. */
async function examine(stack: Stack, ...flags: readonly string[]) {
  const argv = [
    ...['--manifests', stack.manifests, '--endpoints', stack.pods.map(({ address }) => address).join(',')],
    ...[`--serin=127.0.0.1:${stack.serin.metricsPort}`, `--grpc-port=${stack.serin.grpcPort}`],
    ...[`--envoy-admin=127.0.0.1:${stack.adminPort}`, '--json', ...flags],
  ];
  const { status, lines } = await runCommand(doctorCommand, argv);
  const { findings } = JSON.parse(lines.join('\n')) as { readonly findings: readonly Finding[] };
  const of = (kind: Finding['kind']) =>
    findings.flatMap((each) => (each.kind === kind ? [`${each.check}: ${each.message}`] : []));
  return { status, faults: of('fault'), warnings: of('warning'), ok: of('ok') };
}

/** What the doctor reads of an Envoy. */
async function readEnvoy(port: number) {
  const facts = await gatherEnvoy({ host: '127.0.0.1', port }, new AbortController().signal);
  if (facts.kind === 'silent') throw new Error(facts.problem);
  return facts;
}

describe('serin doctor', () => {
  test('finds nothing wrong with the shipped configs', async () => {
    for (const config of ['envoy.yaml', 'envoy-override-host.yaml'] as const) {
      const stack = await start({ config, pods: 2 });
      expect((await stack.client.complete('lora-request')).status).toBe(200);
      const found = await examine(stack);
      expect(new Set(found.ok).size).toBe(found.ok.length);
      expect(found).toMatchObject({ status: 0, faults: [], warnings: [] });
      expect(found.ok).toEqual(
        expect.arrayContaining([
          'pod metrics: 1 of 2 pods: /metrics tells requests, KV cache and adapter slots',
          'body mode: 1 requests came full-duplex',
          'body mode: Envoy sends request bodies FULL_DUPLEX_STREAMED',
          'authority: Envoy sends the :authority serin, and Serin answers it',
          `TLS: Envoy’s cluster serin and 127.0.0.1:${stack.serin.grpcPort} both speak tls`,
          'Envoy cluster: the cluster serin speaks HTTP/2, and up to 65536 requests may be open',
          'Envoy counters: none tells of a failure between Envoy and Serin',
          'client header: x-gateway-destination-endpoint of a client is removed before Serin is asked',
        ]),
      );
    }
  });

  test('finds what is broken between Envoy, Serin and the pods, each with its fix', async () => {
    const stack = await start({
      pods: 1,
      fake: { loraModules: [{ name: 'sql-lora', path: '/adapters/sql-lora' }] },
      serin: ['--secure-serving=false'],
      bodyMode: 'NONE',
      edits: [
        { path: [...EXT_PROC, 'failure_mode_allow'], value: true },
        { path: [...filterPath('envoy.filters.http.header_mutation'), 'mutations'], value: {} },
        { path: [...EXT_PROC, 'grpc_service', 'envoy_grpc', 'authority'], value: 'outbound|9002||serin' },
        { path: ['static_resources', 'clusters', 'serin', 'circuit_breakers'], value: undefined },
      ],
    });
    await stack.client.complete('lora-request');
    const { grpcPort } = stack.serin;
    const found = await examine(stack, '--secure-serving=false');
    expect(found.status).toBe(1);
    expect(found.faults).toEqual(
      expect.arrayContaining([
        'body mode: Envoy sends no request body, so no model name is read or replaced',
        'client header: x-gateway-destination-endpoint of a client is not removed, and without Serin Envoy connects to the address in it, whatever it is',
        `TLS: Envoy’s cluster serin speaks TLS to 127.0.0.1:${grpcPort}, which speaks plaintext`,
        expect.stringMatching(
          /^Envoy counters: ssl.connection_error is \d+: TLS handshakes with Serin failed/,
        ),
        'adapters: tweet-summary: no pod of default/vllm-llama2-7b-pool serves it; a share of lora-request gets 503',
      ]),
    );
    expect(found.warnings).toEqual(
      expect.arrayContaining([
        expect.stringContaining('requests go on without Serin when it fails'),
        'Envoy cluster: the cluster serin lets 1024 requests be open at once and answers further ones with 500',
        ...(ON_GRPC_JS ? [] : [expect.stringMatching(/^TLS: \d+ connections to the gRPC port were refused/)]),
      ]),
    );
    const authority = ON_GRPC_JS
      ? 'authority: Serin resets streams with the :authority outbound|9002||serin'
      : 'authority: Envoy sends the :authority outbound|9002||serin, and Serin answers it';
    expect(ON_GRPC_JS ? found.faults : found.ok).toContain(authority);
  });

  test('looks at counters that Envoy has', async () => {
    const stack = await start({ pods: 1 });
    await stack.client.complete('lora-request');
    const { stats, ...rest } = await readEnvoy(stack.adminPort);
    expect(rest.filters).toHaveLength(1);
    const extProc = ['streams_failed', 'message_timeouts', 'spurious_msgs_received'];
    const names = [
      ...[...extProc, 'rejected_header_mutations', 'failure_mode_allowed'].map(
        (name) => `http.serin_ingress.ext_proc.${name}`,
      ),
      ...['ssl.connection_error', 'upstream_cx_connect_fail', 'upstream_rq_pending_overflow'].map(
        (name) => `cluster.serin.${name}`,
      ),
    ];
    expect(names.filter((name) => !stats.has(name))).toEqual([]);
  });

  test('takes no stream that was answered for one that was reset, in any body mode', async () => {
    for (const bodyMode of ['NONE', 'BUFFERED', 'BUFFERED_PARTIAL', 'STREAMED'] as const) {
      const stack = await start({ pods: 1, bodyMode });
      for (let n = 0; n < 5; n += 1) await stack.client.complete('sql-lora');
      await expect.poll(() => stack.serin.metric('serin_streams_open')).toBe(0);
      const found = await examine(stack);
      expect(found.ok).toContain('streams: none was reset before its reply');
      const judged = {
        NONE: found.faults,
        STREAMED: found.warnings,
        BUFFERED: found.ok,
        BUFFERED_PARTIAL: found.ok,
      };
      expect(judged[bodyMode].filter((line) => line.startsWith('body mode: ')).length).toBeGreaterThan(0);
    }
  });
});
