import type { LogEntry } from '../../src/accesslog/log-entry.ts';
import type { Address } from '../../src/core/names.ts';
import type { WireStruct, WireValue } from '../../src/extproc/wire.ts';
import { loadProtos, SERVICES, serviceOf } from '../../src/server/proto.ts';

const definition = serviceOf(loadProtos(), SERVICES.accessLog).StreamAccessLogs;
if (definition === undefined) throw new Error('no method StreamAccessLogs');

/** A message as the protobuf library writes it. */
export const serializeLogs: (message: object) => Buffer = definition.requestSerialize;

/** When the requests of the entries began. */
export const START_MS = 1_764_000_000_000;

/** A struct of texts and numbers. */
export function struct(values: { readonly [name: string]: string | number }): WireStruct {
  const fields = Object.entries(values).map(([name, value]): [string, WireValue] => [
    name,
    typeof value === 'string' ? { stringValue: value } : { numberValue: value },
  ]);
  return { fields: Object.fromEntries(fields) };
}

/** What a replica tells of a decision. */
export const DECISION = {
  pool: 'llm/pool',
  route: 'weighted',
  endpoint: '10.0.0.1:8000',
  model: 'lora-request',
  target: 'sql-lora',
  started: START_MS,
  key: '0badcafe',
};

/** An entry as it is read. */
export function entry(parts: Partial<LogEntry> = {}): LogEntry {
  return {
    final: true,
    startedAtMs: START_MS + 1,
    headersMs: 20,
    durationMs: 300,
    lastByteMs: 299,
    upstream: '10.0.0.1:8000' as Address,
    cut: false,
    metadata: {
      serin: struct(DECISION),
      'serin.response': struct({ prompt_tokens: 3, completion_tokens: 5 }),
    },
    status: 200,
    details: 'via_upstream',
    requestBytes: 60,
    responseBytes: 900,
    contentType: 'text/event-stream; charset=utf-8',
    contentEncoding: '',
    ...parts,
  };
}

/** The same entry as Envoy sends it. */
export const WIRE_ENTRY = {
  common_properties: {
    start_time: { seconds: START_MS / 1000, nanos: 1_000_000 },
    time_to_first_upstream_rx_byte: { nanos: 20_000_000 },
    time_to_last_downstream_tx_byte: { nanos: 299_000_000 },
    upstream_remote_address: { socket_address: { address: '10.0.0.1', port_value: 8000 } },
    metadata: { filter_metadata: entry().metadata },
    duration: { nanos: 300_000_000 },
    access_log_type: 'DownstreamEnd',
  },
  request: { request_body_bytes: 60 },
  response: {
    response_code: { value: 200 },
    response_body_bytes: 900,
    response_headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    response_code_details: 'via_upstream',
  },
};
