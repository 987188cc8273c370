import { describe, expect, test } from 'vitest';
import type { RequestRecord } from '../../../src/core/request-record.ts';
import { emptyHead } from '../../../src/extproc/decode.ts';
import type { RequestHead } from '../../../src/extproc/inbound.ts';
import { createTracing } from '../../../src/telemetry/tracing/tracing.ts';
import { recordOf, rejectionOf } from '../../state/decisions.ts';
import { type Collector, startCollector } from './collector.ts';

const TRACE = 'af7651916cd43dd8448eb211c80319c0';
const PARENT = 'b7ad6b7169203331';
const SAMPLED = { traceParent: `00-${TRACE}-${PARENT}-01`, traceState: 'vendor=1' };
const NOT_SAMPLED = { traceParent: `00-${TRACE}-${PARENT}-00` };

const SERVED = recordOf({
  ...{ id: '8e5c0d7a', startedAtMs: 1_700_000_000_000, durationMs: 250, firstTokenMs: 40, status: 200 },
  ...{ usage: { promptTokens: 7, completionTokens: 9 }, finishReason: 'stop', served: '[fd00::1]:8000' },
  explanation: {
    ...{ model: 'lora-request', pool: 'default/pool', rule: undefined, roll: undefined },
    pick: {
      ...{ target: 'sql-lora', sheddable: false, left: 0 },
      candidates: [
        {
          ...{ endpoint: '10.0.0.1:8000', name: 'a', admitted: true, total: 3, full: false },
          scores: { running: 2, waiting: 1 },
        },
        { endpoint: '10.0.0.2:8000', name: 'b', admitted: false, because: 'dead' },
      ],
    },
  },
});

interface Traced {
  readonly head?: Partial<RequestHead>;
  readonly record?: RequestRecord;
}

/** Traces against a collector, and what was logged. */
async function traces(collector: Pick<Collector, 'url'>, env: { readonly [name: string]: string } = {}) {
  const lines: unknown[] = [];
  const note = (...line: readonly unknown[]) => void lines.push(line);
  const log = { warn: note, info: note };
  const given = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env };
  const { watchers, flush } = await createTracing({ env: given, log, now: () => 0, explainedPerSecond: 2 });
  /** Ends a request; tells whether its decision was to be explained. */
  function trace({ head = {}, record = SERVED }: Traced = {}): boolean | undefined {
    const whole = { ...emptyHead(), path: '/v1/chat/completions', ...head };
    const watch = watchers[0]?.watch(whole, record.startedAtMs, 0);
    watch?.ended(record);
    return watch?.explains;
  }
  return { trace, flush, lines, watchers };
}

describe('a span', () => {
  test('continues the trace of the client, and tells of request, decision and response', async () => {
    const collector = await startCollector();
    const { trace, flush, lines } = await traces(collector);
    expect(trace({ head: SAMPLED })).toBe(true);
    await flush();
    expect(collector.requests).toMatchObject([{ path: '/v1/traces', type: 'application/x-protobuf' }]);
    expect(collector.spans).toEqual([
      {
        ...{ traceId: TRACE, parentSpanId: PARENT, traceState: 'vendor=1', service: 'serin' },
        ...{ name: 'chat lora-request', kind: 3, startMs: 1_700_000_000_000, endMs: 1_700_000_000_250 },
        status: { code: 0, message: '' },
        events: [{ name: 'serin.first_token', atMs: 1_700_000_000_040 }],
        attributes: {
          'gen_ai.provider.name': 'vllm',
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': 'lora-request',
          'gen_ai.response.model': 'sql-lora',
          'gen_ai.response.finish_reasons': ['stop'],
          'gen_ai.usage.input_tokens': 7,
          'gen_ai.usage.output_tokens': 9,
          'http.response.status_code': 200,
          'server.address': 'fd00::1',
          'server.port': 8000,
          'serin.request_id': '8e5c0d7a',
          'serin.pool': 'default/pool',
          'serin.target': 'sql-lora',
          'serin.role': 'stable',
          'serin.group': 'stable',
          'serin.route': 'weighted',
          'serin.endpoint': '10.0.0.1:8000',
          'serin.reason': 'by weight; least total 3',
          'serin.candidates': ['10.0.0.1:8000 total=3 running=2 waiting=1', '10.0.0.2:8000 dead'],
        },
      },
    ]);
    expect(lines).toEqual([]);
  });

  test('tells why a request was refused or failed', async () => {
    const collector = await startCollector();
    const { trace, flush } = await traces(collector);
    trace({ record: rejectionOf(), head: { path: '' } });
    trace({ record: recordOf({ status: 502 }), head: { path: '/v1/embeddings' } });
    await flush();
    expect(collector.spans).toMatchObject([
      {
        ...{ name: 'request', parentSpanId: '', status: { code: 2, message: 'malformed_json' } },
        attributes: { 'error.type': 'malformed_json', 'serin.reason': 'malformed_json' },
      },
      {
        ...{ name: 'embeddings lora-request', status: { code: 2, message: '502' } },
        attributes: { 'error.type': '502', 'gen_ai.operation.name': 'embeddings' },
      },
    ]);
  });

  test('is sampled as its caller’s, or by the variables; only those that are cost an explanation', async () => {
    const collector = await startCollector();
    const parents = await traces(collector, { OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
    expect([SAMPLED, NOT_SAMPLED, {}].map((head) => parents.trace({ head }))).toEqual([
      true,
      undefined,
      undefined,
    ]);
    const roots = await traces(collector, {});
    expect([NOT_SAMPLED, {}, { traceParent: 'nonsense' }].map((head) => roots.trace({ head }))).toEqual([
      undefined,
      true,
      true,
    ]);
    await Promise.all([parents.flush(), roots.flush()]);
    expect(collector.spans.map(({ parentSpanId }) => parentSpanId).sort()).toEqual(['', '', PARENT]);
  });

  test('of which there are more than are explained has no explanation', async () => {
    const collector = await startCollector();
    const { trace, flush } = await traces(collector);
    expect([SAMPLED, SAMPLED, SAMPLED].map((head) => trace({ head }))).toEqual([true, true, false]);
    await flush();
    expect(collector.spans).toHaveLength(3);
  });

  test('tells of a request that ended undecided, and why', async () => {
    const collector = await startCollector();
    const { watchers, flush } = await traces(collector);
    const record = recordOf({ durationMs: 250, startedAtMs: 1_700_000_000_000, decided: undefined });
    for (const why of ['reset', 'protocol_error'] as const) {
      watchers[0]
        ?.watch({ ...emptyHead(), path: '/v1/chat/completions' }, record.startedAtMs, 0)
        ?.abandoned?.(record, why);
    }
    await flush();
    expect(collector.spans).toMatchObject(
      ['reset', 'protocol_error'].map((why) => ({
        ...{
          name: 'chat',
          startMs: record.startedAtMs,
          endMs: 1_700_000_000_250,
          status: { code: 2, message: why },
        },
        attributes: { 'error.type': why, 'gen_ai.operation.name': 'chat' },
      })),
    );
  });
});

describe('a collector', () => {
  test('that is down costs a warning, and no more', async () => {
    const env = { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1', OTEL_BSP_MAX_QUEUE_SIZE: '10' };
    const { trace, flush, lines } = await traces({ url: 'http://127.0.0.1:1' }, env);
    for (let count = 0; count < 1000; count += 1) trace();
    await flush();
    expect(lines.length).toBeLessThanOrEqual(1);
  });

  test('that refuses is told of once a second at most, with what was left out', async () => {
    const collector = await startCollector();
    collector.answerWith(400);
    const { trace, flush, lines } = await traces(collector, { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1' });
    for (let count = 0; count < 5; count += 1) trace();
    await flush();
    expect(lines).toEqual([
      [{ problem: expect.any(String), leftOut: 0 }, 'traces could not be exported; those spans are lost'],
    ]);
  });

  test('that does not answer has no more spans wait than the queue holds', async () => {
    const collector = await startCollector();
    collector.answerWith(0);
    const env = { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5', OTEL_BSP_MAX_QUEUE_SIZE: '5' };
    const { trace, flush } = await traces(collector, env);
    for (let count = 0; count < 1000; count += 1) trace();
    // One batch is on its way, one waits; both are given up in the end.
    await flush();
    expect(collector.requests.length).toBeLessThanOrEqual(2);
    expect(collector.spans).toEqual([]);
  });
});

test('without OpenTelemetry’s variables nothing is watched, and what cannot be done is told', async () => {
  const lines: unknown[] = [];
  const note = (...line: readonly unknown[]) => void lines.push(line);
  const deps = { log: { warn: note, info: note }, now: () => 0, explainedPerSecond: 2 };
  expect((await createTracing({ ...deps, env: {} })).watchers).toEqual([]);
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
  expect((await createTracing({ ...deps, env })).watchers).toEqual([]);
  expect(lines).toEqual([
    [{ problem: 'OTEL_EXPORTER_OTLP_PROTOCOL=grpc: only http/protobuf is known' }, 'no traces'],
  ]);
});
