import { describe, expect, it } from 'vitest';
import { decode } from '../../src/extproc/decode.ts';
import type { WireStruct } from '../../src/extproc/wire.ts';

function subsetOf(hint: WireStruct) {
  const inbound = decode({
    request_headers: {},
    metadata_context: { filter_metadata: { 'envoy.lb.subset_hint': hint } },
  });
  return inbound.kind === 'request-headers' ? inbound.subset : inbound.kind;
}

describe('decode', () => {
  it('reads the headers that Serin uses, raw bytes before text', () => {
    expect(
      decode({
        request_headers: {
          headers: {
            headers: [
              { key: ':method', raw_value: Buffer.from('POST'), value: 'GET' },
              { key: ':path', raw_value: Buffer.from('/llm/v1/chat/completions?x=/') },
              { key: ':authority', value: 'test.com:8080' },
              { key: 'content-type', raw_value: Buffer.from('Application/JSON') },
              { key: 'content-encoding', raw_value: Buffer.from('GZIP') },
              { key: 'content-length', raw_value: Buffer.from('12') },
              { key: 'x-gateway-inference-objective', raw_value: Buffer.from('old') },
              { key: 'x-llm-d-inference-objective', raw_value: Buffer.from('new') },
              { key: 'x-session-id', raw_value: Buffer.from('chat-7') },
              { key: 'x-request-id', raw_value: Buffer.from('8e5c') },
              { key: 'traceparent', raw_value: Buffer.from('00-aa-bb-01') },
              { key: 'tracestate', raw_value: Buffer.from('a=b') },
              { key: 'x-serin-debug', raw_value: Buffer.from('true') },
              { key: 'x-gateway-model-name', raw_value: Buffer.from('sql-lora') },
              { key: 'x-gateway-destination-endpoint', raw_value: Buffer.from('1.2.3.4:5') },
              { key: 'x-other', raw_value: Buffer.from([0xff]) },
              {},
            ],
          },
          end_of_stream: true,
        },
      }),
    ).toEqual({
      kind: 'request-headers',
      head: {
        method: 'POST',
        path: '/llm/v1/chat/completions',
        authority: 'test.com:8080',
        contentType: 'application/json',
        contentEncoding: 'gzip',
        completions: true,
        contentLength: 12,
        objective: 'new',
        session: 'chat-7',
        modelHeader: 'sql-lora',
        forgedDestination: true,
        requestId: '8e5c',
        traceParent: '00-aa-bb-01',
        traceState: 'a=b',
        debug: true,
        grpc: false,
      },
      endOfStream: true,
      modes: undefined,
      subset: undefined,
    });
  });

  it.each(['/v1/models', '/v1/completions/7', '/?a=/completions'])('takes %s for no completion', (path) => {
    const inbound = decode({ request_headers: { headers: { headers: [{ key: ':path', value: path }] } } });
    expect(inbound).toMatchObject({ head: { completions: false } });
  });

  it.each(['-1', '1.5', 'x', '1e99'])('leaves a content-length of %j aside', (text) => {
    const inbound = decode({
      request_headers: { headers: { headers: [{ key: 'content-length', value: text }] } },
    });
    expect(inbound).toMatchObject({ head: { contentLength: undefined } });
  });

  it('reads a protocol_config that is present but empty as NONE both ways', () => {
    expect(decode({ request_headers: {}, protocol_config: {} })).toMatchObject({
      modes: { request: 'none', response: 'none' },
    });
  });

  it('reads a subset hint as a list, as one text with commas, and as empty', () => {
    const key = 'x-gateway-destination-endpoint-subset';
    const list = { values: [{ stringValue: '10.0.0.1:8000' }, { stringValue: '10.0.0.2:8000' }] };
    expect(subsetOf({ fields: { [key]: { listValue: list } } })).toEqual(['10.0.0.1:8000', '10.0.0.2:8000']);
    expect(subsetOf({ fields: { [key]: { stringValue: '10.0.0.1, 10.0.0.2:8000,' } } })).toEqual([
      '10.0.0.1',
      '10.0.0.2:8000',
    ]);
    expect(subsetOf({ fields: { [key]: { listValue: {} } } })).toEqual([]);
    expect(subsetOf({ fields: {} })).toBeUndefined();
  });

  it('reads how the body of a response is to be read', () => {
    const headers = [
      { key: ':status', value: '200' },
      { key: 'content-type', raw_value: Buffer.from('Text/Event-Stream') },
      { key: 'content-encoding', raw_value: Buffer.from('GZIP') },
      { key: 'content-length', raw_value: Buffer.from('7') },
    ];
    expect(decode({ response_headers: { headers: { headers } } })).toMatchObject({
      head: { contentType: 'text/event-stream', contentEncoding: 'gzip', whole: true },
    });
  });

  it('reads the status and the endpoint that served', () => {
    expect(
      decode({
        response_headers: { headers: { headers: [{ key: ':status', raw_value: Buffer.from('503') }] } },
        metadata_context: {
          filter_metadata: {
            'envoy.lb': {
              fields: { 'x-gateway-destination-endpoint-served': { stringValue: '10.0.0.2:8000' } },
            },
          },
        },
      }),
    ).toEqual({
      kind: 'response-headers',
      status: 503,
      head: { contentType: undefined, contentEncoding: undefined, whole: false },
      endOfStream: false,
      served: '10.0.0.2:8000',
      modes: undefined,
    });
  });

  it('calls a message without a known part unreadable', () => {
    expect(decode({})).toEqual({ kind: 'unreadable' });
  });
});
