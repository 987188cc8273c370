import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { onTestFinished } from 'vitest';

/** A span as it arrived: ids in hexadecimal, attributes by their names. */
export interface CollectedSpan {
  readonly traceId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: { readonly [name: string]: unknown };
  readonly events: readonly { readonly name: string; readonly atMs: number }[];
  readonly status: { readonly code: number; readonly message: string };
  /** Of the resource. */
  readonly service: unknown;
}

/** A collector that speaks OTLP over HTTP. */
export interface Collector {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  readonly requests: readonly { readonly path: string; readonly type: string; readonly key: string }[];
  /** Exports that are answered with this status from now on; 0 never answers. */
  readonly answerWith: (status: number) => void;
}

/** What of OpenTelemetry's protocol a span is made of (opentelemetry-proto 1.x, trace.proto and common.proto). */
const PROTO = `syntax = "proto3";
message ExportTraceServiceRequest { repeated ResourceSpans resource_spans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeSpans { repeated Span spans = 2; }
message Span {
  bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
  repeated KeyValue attributes = 9; repeated Event events = 11; Status status = 15;
}
message Event { fixed64 time_unix_nano = 1; string name = 2; }
message Status { string message = 2; int32 code = 3; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; }
}
message ArrayValue { repeated AnyValue values = 1; }`;

interface Value {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: number;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values: readonly Value[] };
}

type KeyValues = readonly { readonly key: string; readonly value: Value }[];

interface WireSpan {
  readonly traceId: string;
  readonly traceState: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: number;
  readonly endTimeUnixNano: number;
  readonly attributes: KeyValues;
  readonly events: readonly { readonly name: string; readonly timeUnixNano: number }[];
  readonly status: { readonly code: number; readonly message: string } | null;
}

interface WireExport {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: KeyValues };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

/** Starts a collector on 127.0.0.1; it ends with the test. */
export async function startCollector(): Promise<Collector> {
  const type = protobuf.parse(PROTO).root.lookupType('ExportTraceServiceRequest');
  const spans: CollectedSpan[] = [];
  const requests: Collector['requests'][number][] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const {
      'content-type': contentType = '',
      'content-encoding': encoding,
      'api-key': key,
    } = request.headers;
    requests.push({ path: request.url ?? '', type: contentType, key: String(key) });
    const body = await buffer(request);
    if (status === 0) return;
    if (status === 200) spans.push(...spansOf(type, encoding === 'gzip' ? gunzipSync(body) : body));
    response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    requests,
    answerWith: (next) => {
      status = next;
    },
  };
}

function spansOf(type: protobuf.Type, bytes: Uint8Array): readonly CollectedSpan[] {
  const message = type.toObject(type.decode(bytes), { longs: Number, defaults: true, bytes: String });
  const { resourceSpans } = message as WireExport;
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => collected(span, attributesOf(resource.attributes)['service.name'])),
    ),
  );
}

function collected({ status, ...span }: WireSpan, service: unknown): CollectedSpan {
  const { traceState, name, kind } = span;
  return {
    ...{ traceState, name, kind, service },
    traceId: hex(span.traceId),
    parentSpanId: hex(span.parentSpanId),
    startMs: milliseconds(span.startTimeUnixNano),
    endMs: milliseconds(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    events: span.events.map((event) => ({ name: event.name, atMs: milliseconds(event.timeUnixNano) })),
    status: { code: status?.code ?? 0, message: status?.message ?? '' },
  };
}

/** A double cannot hold all digits of the nanoseconds since the epoch. */
function milliseconds(nanoseconds: number): number {
  return Math.round(nanoseconds / 1e4) / 100;
}

function hex(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}

function attributesOf(pairs: KeyValues): { readonly [name: string]: unknown } {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, plain(value)]));
}

/** Exactly one of a value's fields came; the others are absent even where defaults are filled in. */
function plain(value: Value): unknown {
  if (value.arrayValue !== undefined && value.arrayValue !== null) return value.arrayValue.values.map(plain);
  return value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue;
}
