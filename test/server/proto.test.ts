import { readFileSync } from 'node:fs';
import type { AnyDefinition, PackageDefinition } from '@grpc/proto-loader';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { expect, test } from 'vitest';
import { DESCRIPTOR_SET, loadProtos, SERVICES, serviceOf } from '../../src/server/proto.ts';

interface Described {
  readonly field?: readonly {
    readonly name: string;
    readonly number: number;
    readonly type: string;
    readonly label: string;
    readonly oneofIndex: number;
  }[];
  readonly value?: readonly { readonly name: string; readonly number: number }[];
  readonly nestedType?: readonly (Described & { readonly name: string })[];
}

/** What a message, an enum or a service consists of. */
function partsOf(definition: AnyDefinition): readonly string[] {
  if (!('format' in definition)) return Object.keys(definition);
  const { field = [], value = [] } = definition.type as Described;
  const fields = field.map(
    ({ name, number, type, label, oneofIndex }) => `${label} ${type} ${name} = ${number} (${oneofIndex})`,
  );
  return [...fields, ...value.map(({ name, number }) => `${name} = ${number}`)].sort();
}

function outline(definitions: PackageDefinition): { readonly [name: string]: readonly string[] } {
  const ours = Object.entries(definitions).filter(([name]) => !name.startsWith('google.'));
  return Object.fromEntries(ours.map(([name, definition]) => [name, partsOf(definition)]));
}

/** Message fields by number; of ext_proc unless the name is whole. A message in another stands behind a slash. */
function fieldsOf(name: string): { readonly [field: string]: number } {
  const [outer = '', inner] = name.split('/');
  const whole = outer.includes('.') ? outer : `envoy.service.ext_proc.v3.${outer}`;
  const definition = loadProtos()[whole];
  if (definition === undefined || !('format' in definition)) throw new Error(`no message ${name}`);
  const { field, nestedType } = definition.type as Described;
  const fields = inner === undefined ? field : nestedType?.find((each) => each.name === inner)?.field;
  return Object.fromEntries((fields ?? []).map((each) => [each.name, each.number]));
}

test('the messages have the field numbers of Envoy 1.40', () => {
  expect(fieldsOf('ProcessingRequest')).toEqual({
    request_headers: 2,
    response_headers: 3,
    request_body: 4,
    response_body: 5,
    request_trailers: 6,
    response_trailers: 7,
    metadata_context: 8,
    attributes: 9,
    observability_mode: 10,
    protocol_config: 11,
  });
  expect(fieldsOf('ProcessingResponse')).toEqual({
    request_headers: 1,
    response_headers: 2,
    request_body: 3,
    response_body: 4,
    request_trailers: 5,
    response_trailers: 6,
    immediate_response: 7,
    dynamic_metadata: 8,
    mode_override: 9,
    override_message_timeout: 10,
    streamed_immediate_response: 11,
  });
  expect(fieldsOf('HttpHeaders')).toEqual({ headers: 1, end_of_stream: 3 });
  expect(fieldsOf('HttpBody')).toEqual({ body: 1, end_of_stream: 2 });
  expect(fieldsOf('CommonResponse')).toEqual({
    status: 1,
    header_mutation: 2,
    body_mutation: 3,
    trailers: 4,
    clear_route_cache: 5,
  });
  expect(fieldsOf('BodyMutation')).toEqual({ body: 1, clear_body: 2, streamed_response: 3 });
  expect(fieldsOf('ImmediateResponse')).toEqual({
    status: 1,
    headers: 2,
    body: 3,
    grpc_status: 4,
    details: 5,
  });
  expect(fieldsOf('ProtocolConfiguration')).toEqual({
    request_body_mode: 1,
    response_body_mode: 2,
    send_body_without_waiting_for_header_response: 3,
  });
});

test("the access log's messages have the field numbers of Envoy 1.40", () => {
  const stream = 'envoy.service.accesslog.v3.StreamAccessLogsMessage';
  expect(fieldsOf(stream)).toEqual({ identifier: 1, http_logs: 2 });
  expect(fieldsOf(`${stream}/HTTPAccessLogEntries`)).toEqual({ log_entry: 1 });
  const entry = 'envoy.data.accesslog.v3';
  expect(fieldsOf(`${entry}.HTTPAccessLogEntry`)).toEqual({
    common_properties: 1,
    request: 3,
    response: 4,
  });
  expect(fieldsOf(`${entry}.HTTPRequestProperties`)).toEqual({ request_body_bytes: 12 });
  expect(fieldsOf(`${entry}.AccessLogCommon`)).toEqual({
    start_time: 5,
    time_to_first_upstream_rx_byte: 9,
    time_to_last_downstream_tx_byte: 12,
    upstream_remote_address: 13,
    response_flags: 16,
    metadata: 17,
    duration: 23,
    intermediate_log_entry: 27,
    access_log_type: 33,
  });
  expect(fieldsOf(`${entry}.HTTPResponseProperties`)).toEqual({
    response_code: 1,
    response_body_bytes: 3,
    response_headers: 4,
    response_code_details: 6,
  });
  expect(fieldsOf(`${entry}.ResponseFlags`)).toEqual({
    upstream_request_timeout: 3,
    local_reset: 4,
    upstream_remote_reset: 5,
    upstream_connection_termination: 7,
    downstream_connection_termination: 15,
    stream_idle_timeout: 17,
    downstream_protocol_error: 19,
    upstream_max_stream_duration_reached: 20,
    duration_timeout: 23,
    upstream_protocol_error: 24,
    downstream_remote_reset: 28,
  });
  expect(fieldsOf('envoy.config.core.v3.SocketAddress')).toEqual({ address: 2, port_value: 3 });
  expect(fieldsOf('envoy.config.core.v3.Address')).toEqual({ socket_address: 1 });
});

test('no reply can carry a field that Envoy 1.40 does not implement', () => {
  const numbers = Object.values(fieldsOf('ProcessingResponse'));
  expect(numbers.filter((number) => [12, 15, 16].includes(number))).toEqual([]);
});

test('the descriptor set is what the protos say', () => {
  const options = { keepCase: true, longs: Number, enums: String, oneofs: true };
  const compiled = loadFileDescriptorSetFromBuffer(readFileSync(DESCRIPTOR_SET), options);
  const sources = outline(loadProtos());
  expect(outline(compiled)).toEqual(sources);
  expect(Object.keys(sources)).toEqual(expect.arrayContaining(Object.values(SERVICES)));
});

test('messages keep their field names, leave absent fields out and name enums', () => {
  const { Process: method } = serviceOf(loadProtos(), SERVICES.extProc);
  const request = {
    request_headers: { headers: { headers: [{ key: ':path', raw_value: Buffer.from('/v1') }] } },
    protocol_config: { request_body_mode: 'FULL_DUPLEX_STREAMED' },
  };
  const response = {
    request_headers: { response: { clear_route_cache: true } },
    dynamic_metadata: { fields: { 'envoy.lb': { structValue: { fields: { a: { stringValue: 'b' } } } } } },
  };
  const sent = method?.requestSerialize(request) ?? Buffer.alloc(0);
  const answered = method?.responseSerialize(response) ?? Buffer.alloc(0);
  expect(JSON.parse(JSON.stringify(method?.requestDeserialize(sent)))).toEqual({
    ...JSON.parse(JSON.stringify(request)),
    request: 'request_headers',
  });
  expect(method?.responseDeserialize(answered)).toMatchObject(response);
});

test('a service that the protos do not define is a fault of the build', () => {
  expect(() => serviceOf(loadProtos(), 'a.B')).toThrow('the protos define no service a.B');
});
