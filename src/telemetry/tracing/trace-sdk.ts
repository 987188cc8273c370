import type { Context, Tracer } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { SamplerSettings, TraceSettings } from './trace-settings.ts';

/** OpenTelemetry's SDK, as far as spans of requests need it. */
export interface TraceSdk {
  readonly tracer: Tracer;
  /** The context of whoever sent these headers of W3C Trace Context. */
  readonly contextOf: (traceParent: string | undefined, traceState: string | undefined) => Context;
  /** Exports what waits. */
  readonly shutdown: () => Promise<void>;
}

type TraceOn = Extract<TraceSettings, { kind: 'on' }>;

/** Loads the SDK, which nothing else imports: it is optional, and costs memory and time of the start. */
export async function loadTraceSdk(settings: TraceOn, failed: (problem: string) => void): Promise<TraceSdk> {
  const [{ ROOT_CONTEXT }, core, resources, sdk, exporter] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/core'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
  ]);
  const otlp = telling(new exporter.OTLPTraceExporter({ url: settings.url }), failed);
  const detectors = [resources.resourceAttributesEnvDetector, resources.serviceNameEnvDetector];
  const named = resources.resourceFromAttributes({ 'service.name': 'serin' });
  const provider = new sdk.TracerProvider({
    resource: named.merge(resources.detectResources({ detectors })),
    sampler: createSampler(sdk, settings.sampler),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: otlp, ...settings.batch })],
  });
  const propagator = new core.W3CTraceContextPropagator();
  const getter = {
    keys: (headers: Headers) => Object.keys(headers),
    get: (headers: Headers, name: string) => headers[name],
  };
  return {
    tracer: provider.getTracer('serin'),
    contextOf: (traceparent, tracestate) =>
      propagator.extract(ROOT_CONTEXT, { traceparent, tracestate }, getter),
    shutdown: () => provider.shutdown(),
  };
}

type Headers = { readonly [name: string]: string | undefined };

type Sdk = typeof import('@opentelemetry/sdk-trace');

function createSampler(sdk: Sdk, { parentBased, ratio }: SamplerSettings) {
  const root = new sdk.TraceIdRatioBasedSampler(ratio);
  return parentBased ? new sdk.ParentBasedSampler({ root }) : root;
}

/** Tells of exports that fail; the SDK tells nobody. */
function telling(exporter: SpanExporter, failed: (problem: string) => void): SpanExporter {
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        if (result.error !== undefined) failed(problemOf(result.error));
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

/** An error that several addresses gave has no message of its own. */
function problemOf(error: Error & { readonly code?: unknown }): string {
  return error.message || String(error.code ?? error.name);
}
