import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode } from '../../src/extproc/decode.ts';
import { WANTED_HEADERS } from '../../src/extproc/keys.ts';
import { createRequestReader } from '../../src/extproc/read-request.ts';
import type { WireRequest } from '../../src/extproc/wire.ts';
import { loadProtos, SERVICES, serviceOf } from '../../src/server/proto.ts';

const definition = serviceOf(loadProtos(), SERVICES.extProc).Process;
if (definition === undefined) throw new Error('no method Process');
const { requestSerialize, requestDeserialize } = definition;
/** One for all messages, as a server has it: what it keeps of one must not show in the next. */
const readRequest = createRequestReader();

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const header = fc.record(
  {
    key: fc.oneof(fc.constantFrom(...WANTED_HEADERS), fc.string({ maxLength: 200 })),
    value: fc.string(),
    raw_value: bytes,
  },
  { requiredKeys: ['key'] },
);
const httpHeaders = fc.record(
  { headers: fc.record({ headers: fc.array(header, { maxLength: 8 }) }), end_of_stream: fc.boolean() },
  { requiredKeys: [] },
);
const body = fc.record({ body: bytes, end_of_stream: fc.boolean() }, { requiredKeys: [] });
const { value } = fc.letrec<{ value: object; struct: object }>((tie) => ({
  struct: fc.record({ fields: fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }) }),
  value: fc.oneof(
    { maxDepth: 4 },
    fc.record({ stringValue: fc.string() }),
    fc.record({ numberValue: fc.double({ noNaN: true }) }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ nullValue: fc.constant(0) }),
    fc.record({ structValue: tie('struct') }),
    fc.record({ listValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
  ),
}));
const metadata = fc.record({
  filter_metadata: fc.dictionary(
    fc.constantFrom('envoy.lb', 'envoy.lb.subset_hint', '__proto__', 'x'),
    fc.record({
      fields: fc.dictionary(
        fc.constantFrom(
          'x-gateway-destination-endpoint-subset',
          'x-gateway-destination-endpoint-served',
          'y',
        ),
        value,
      ),
    }),
  ),
});
const mode = fc.constantFrom(
  'NONE',
  'STREAMED',
  'BUFFERED',
  'BUFFERED_PARTIAL',
  'FULL_DUPLEX_STREAMED',
  'GRPC',
);
const config = fc.record({ request_body_mode: mode, response_body_mode: mode }, { requiredKeys: [] });
const extras = fc.record(
  {
    metadata_context: metadata,
    protocol_config: config,
    observability_mode: fc.boolean(),
    attributes: fc.dictionary(fc.string(), fc.record({ fields: fc.dictionary(fc.string(), value) })),
  },
  { requiredKeys: [] },
);
const message = fc
  .tuple(
    fc.oneof(
      httpHeaders.map((request_headers) => ({ request_headers })),
      httpHeaders.map((response_headers) => ({ response_headers })),
      body.map((request_body) => ({ request_body })),
      body.map((response_body) => ({ response_body })),
      fc.constant({ request_trailers: { trailers: { headers: [] } } }),
      fc.constant({ response_trailers: {} }),
      fc.constant({}),
    ),
    extras,
  )
  .map(([part, rest]): object => ({ ...part, ...rest }));

/** What Serin makes of a message that the protobuf library has read. */
function byLibrary(encoded: Buffer): unknown {
  return decode(requestDeserialize(encoded) as WireRequest);
}

describe('a ProcessingRequest', () => {
  test('means the same as what the protobuf library reads', () => {
    fc.assert(
      fc.property(message, (wire) => {
        const encoded = requestSerialize(wire);
        const read = readRequest(encoded);
        expect(read === undefined ? undefined : decode(read)).toEqual(byLibrary(encoded));
      }),
      { numRuns: 2000 },
    );
  });

  test('keeps the wanted headers alone, whatever the order of their fields', () => {
    const key = Buffer.concat([Buffer.from([0x0a, 7]), Buffer.from(':method')]);
    const raw = Buffer.concat([Buffer.from([0x1a, 4]), Buffer.from('POST')]);
    const other = Buffer.concat([Buffer.from([0x0a, 3]), Buffer.from('x-a'), raw]);
    const nest = (tag: number, inner: Buffer) => Buffer.concat([Buffer.from([tag, inner.length]), inner]);
    const map = Buffer.concat([nest(0x0a, Buffer.concat([raw, key])), nest(0x0a, other)]);
    expect(readRequest(nest(0x12, nest(0x0a, map)))).toEqual({
      request_headers: { headers: { headers: [{ key: ':method', value: 'POST' }] } },
    });
  });

  test('may have headers without anything in them, wherever they stand', () => {
    const nothing = Buffer.from([0x0a, 0]);
    const status = { key: ':status', raw_value: Buffer.from('200') };
    const encoded = requestSerialize({ response_headers: { headers: { headers: [{}, status, {}] } } });
    expect(encoded.subarray(-2)).toEqual(nothing);
    const read = { key: ':status', value: '200' };
    expect(readRequest(encoded)).toEqual({ response_headers: { headers: { headers: [read] } } });
  });

  test('has the bytes of a header for its value, whatever its text says and wherever that stands', () => {
    const nest = (tag: number, inner: Buffer) => Buffer.concat([Buffer.from([tag, inner.length]), inner]);
    const parts = [
      nest(0x0a, Buffer.from(':path')),
      nest(0x12, Buffer.from('/a')),
      nest(0x1a, Buffer.from('/b')),
    ];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ]) {
      const header = Buffer.concat(order.map((at) => parts[at] ?? Buffer.alloc(0)));
      expect(readRequest(nest(0x12, nest(0x0a, nest(0x0a, header))))).toEqual({
        request_headers: { headers: { headers: [{ key: ':path', value: '/b' }] } },
      });
    }
  });

  test('shares the memory of the bytes it was read from', () => {
    const encoded = requestSerialize({ request_body: { body: Buffer.from('abc') } });
    const read = readRequest(encoded)?.request_body?.body;
    expect(read?.buffer).toBe(encoded.buffer);
  });

  test('cut off or mutated gives a message or nothing, and never throws', () => {
    fc.assert(
      fc.property(
        message,
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        (wire, end, edits) => {
          const encoded = requestSerialize(wire);
          const cut = Buffer.from(encoded.subarray(0, end % (encoded.length + 1)));
          for (const [at, to] of edits) if (cut.length > 0) cut[at % cut.length] = to;
          const read = readRequest(cut);
          if (read !== undefined) decode(read);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each(['ff', '12ff', '1205', '2203 0a05', '42 04 0a02 ffff', '13', '0f00', `80${'80'.repeat(10)}01`])(
    'the bytes %s are none',
    (hex) => {
      expect(readRequest(Buffer.from(hex.replaceAll(' ', ''), 'hex'))).toBeUndefined();
    },
  );
});
