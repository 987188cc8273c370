import { describe, expect, test } from 'vitest';
import { readTraceSettings } from '../../../src/telemetry/tracing/trace-settings.ts';

const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318';
const ON = {
  kind: 'on',
  url: 'http://collector:4318/v1/traces',
  sampler: { parentBased: true, ratio: 1 },
  batch: {},
};
const OFF = { kind: 'off', problem: undefined };
const read = (env: { readonly [name: string]: string } = {}) =>
  readTraceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT, ...env });

describe('traces', () => {
  test('are on exactly if an endpoint is given, and nothing turns them off', () => {
    expect(read()).toEqual(ON);
    expect(readTraceSettings({ OTEL_SERVICE_NAME: 'x' })).toEqual(OFF);
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' })).toEqual(OFF);
    expect(read({ OTEL_SDK_DISABLED: 'TRUE' })).toEqual(OFF);
    expect(read({ OTEL_TRACES_EXPORTER: 'none' })).toEqual(OFF);
    expect(read({ OTEL_TRACES_EXPORTER: 'otlp' })).toEqual(ON);
  });

  test('go to their own endpoint as it is, else to a path below the common one', () => {
    const OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = 'https://traces.example/in';
    expect(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT })).toMatchObject({ url: 'https://traces.example/in' });
    expect(readTraceSettings({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT })).toMatchObject({ kind: 'on' });
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:1/otlp/' })).toMatchObject({
      url: 'http://c:1/otlp/v1/traces',
    });
  });

  test.each([
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'OTEL_EXPORTER_OTLP_PROTOCOL=grpc: only http/protobuf is known',
    ],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' },
      'OTEL_EXPORTER_OTLP_PROTOCOL=http/json: only http/protobuf is known',
    ],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER=zipkin: only otlp is known'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: no URL'],
  ])('%j is told to be nothing that Serin can do', (env, problem) => {
    expect(read(env)).toEqual({ kind: 'off', problem });
  });

  test.each([
    ['always_on', undefined, { parentBased: false, ratio: 1 }],
    ['always_off', undefined, { parentBased: false, ratio: 0 }],
    ['traceidratio', '0.25', { parentBased: false, ratio: 0.25 }],
    ['traceidratio', undefined, { parentBased: false, ratio: 1 }],
    ['parentbased_always_on', undefined, { parentBased: true, ratio: 1 }],
    ['parentbased_always_off', undefined, { parentBased: true, ratio: 0 }],
    ['parentbased_traceidratio', '0.1', { parentBased: true, ratio: 0.1 }],
    ['parentbased_traceidratio', '7', { parentBased: true, ratio: 1 }],
    ['jaeger_remote', '0.1', { parentBased: true, ratio: 1 }],
  ])('OTEL_TRACES_SAMPLER=%s with %s is %j', (name, argument, sampler) => {
    const env = { OTEL_TRACES_SAMPLER: name, ...(argument && { OTEL_TRACES_SAMPLER_ARG: argument }) };
    expect(read(env)).toMatchObject({ sampler });
  });

  test('wait as the variables of the batch processor say', () => {
    const batch = {
      ...{ OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_BSP_EXPORT_TIMEOUT: '2000', OTEL_BSP_MAX_QUEUE_SIZE: '9' },
      ...{ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '3' },
    };
    expect(read(batch)).toMatchObject({
      batch: {
        ...{ scheduledDelayMillis: 100, exportTimeoutMillis: 2000, maxQueueSize: 9 },
        maxExportBatchSize: 3,
      },
    });
    expect(read({ OTEL_BSP_MAX_QUEUE_SIZE: 'many' })).toEqual(ON);
  });
});
