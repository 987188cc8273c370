import { describe, expect, it, vi } from 'vitest';
import { startCollector } from '../telemetry/tracing/collector.ts';
import { servedModel } from './client.ts';
import { startStack } from './stack.ts';

const TRACE = 'af7651916cd43dd8448eb211c80319c0';
const PARENT = 'b7ad6b7169203331';

describe('traces, behind Envoy', () => {
  it('a collector gets one span for each request, which continues the trace of its client', async () => {
    const collector = await startCollector();
    const stack = await startStack({
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'api-key=for-the-collector',
        OTEL_SERVICE_NAME: 'our-picker',
        OTEL_BSP_SCHEDULE_DELAY: '100',
      },
    });
    const answer = await stack.client.send({
      path: '/v1/chat/completions?key=secret-in-query',
      headers: { traceparent: `00-${TRACE}-${PARENT}-01`, authorization: 'Bearer secret-key' },
      body: JSON.stringify({
        model: 'lora-request',
        messages: [{ role: 'user', content: 'secret prompt' }],
        max_tokens: 3,
      }),
    });
    const target = servedModel(answer);
    const rejected = await stack.client.complete('no-such-model');
    expect([answer.status, rejected.status]).toEqual([200, 404]);
    await vi.waitFor(() => expect(collector.spans).toHaveLength(2), 20_000);
    const spans = collector.spans.toSorted((one, other) =>
      other.parentSpanId.localeCompare(one.parentSpanId),
    );
    expect(spans).toMatchObject([
      {
        ...{ traceId: TRACE, parentSpanId: PARENT, name: 'chat lora-request', service: 'our-picker' },
        attributes: {
          'gen_ai.request.model': 'lora-request',
          'gen_ai.response.model': target,
          'gen_ai.operation.name': 'chat',
          'http.response.status_code': 200,
          'serin.target': target,
          'serin.reason': expect.stringContaining('10 of 100'),
        },
      },
      {
        ...{ parentSpanId: '', name: 'text_completion', status: { code: 2, message: 'unknown_model' } },
        attributes: { 'error.type': 'unknown_model', 'gen_ai.request.model': 'no-such-model' },
      },
    ]);
    const { 'serin.endpoint': endpoint, 'serin.candidates': candidates } = spans[0]?.attributes ?? {};
    expect(stack.pods.map(({ address }) => address)).toContain(endpoint);
    expect(candidates).toHaveLength(3);
    expect(JSON.stringify(collector.spans)).not.toContain('secret');
    expect(collector.requests[0]).toEqual({
      path: '/v1/traces',
      type: 'application/x-protobuf',
      key: 'for-the-collector',
    });
    await stack.stop();
  });

  it('what waits is exported when Serin ends', async () => {
    const collector = await startCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '600000' };
    const stack = await startStack({ env });
    await stack.client.complete('lora-request');
    await vi.waitFor(async () =>
      expect(await stack.serin.page('/debug/decisions')).toContain('"outcome": "forwarded"'),
    );
    expect(collector.spans).toEqual([]);
    stack.serin.terminate();
    expect(await stack.serin.exitCode()).toBe(0);
    expect(collector.spans).toHaveLength(1);
    await stack.stop();
  });

  it('a collector that is down costs no request and no clean end', async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TIMEOUT: '1000' };
    const stack = await startStack({ env });
    for (let count = 0; count < 20; count += 1) {
      expect((await stack.client.complete('lora-request')).status).toBe(200);
    }
    stack.serin.terminate();
    expect(await stack.serin.exitCode()).toBe(0);
    await stack.stop();
  });
});
