import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WireBytes, WireHeaderOption, WireResponse } from '../../src/extproc/wire.ts';
import { createResponseWriter } from '../../src/extproc/write-response.ts';
import { loadProtos, SERVICES, serviceOf } from '../../src/server/proto.ts';

const definition = serviceOf(loadProtos(), SERVICES.extProc).Process;
if (definition === undefined) throw new Error('no method Process');
const { responseSerialize, responseDeserialize } = definition;

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 1000, max: 20_000 }).map((length) => new Uint8Array(length).fill(7)),
  },
);
const wireBytes: fc.Arbitrary<WireBytes> = fc.oneof(piece, fc.array(piece, { maxLength: 4 }));
const option = fc.record({
  header: fc.record({ key: fc.string(), raw_value: fc.uint8Array({ maxLength: 60 }) }),
  append_action: fc.constant('OVERWRITE_IF_EXISTS_OR_ADD' as const),
});
const headers = fc.record(
  {
    set_headers: fc.array(option, { maxLength: 3 }),
    remove_headers: fc.array(fc.string(), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const bodyMutation = fc.oneof(
  fc.record({ body: wireBytes }),
  fc.constant({ clear_body: true }),
  fc.record({ streamed_response: fc.record({ body: wireBytes, end_of_stream: fc.boolean() }) }),
);
const common = fc.record(
  { header_mutation: headers, body_mutation: bodyMutation, clear_route_cache: fc.boolean() },
  { requiredKeys: [] },
);
const phase = fc.record({ response: common }, { requiredKeys: [] });
const { struct } = fc.letrec<{ struct: object; value: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ stringValue: fc.string() }),
    fc.record({
      numberValue: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
    }),
    fc.record({ structValue: tie('struct') }),
  ),
  struct: fc.record({ fields: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }) }),
}));
const immediate = fc.record(
  {
    status: fc.record({ code: fc.integer({ min: 200, max: 599 }) }),
    headers,
    body: fc.uint8Array({ maxLength: 2000 }),
    details: fc.string(),
    grpc_status: fc.record({ status: fc.integer({ min: 1, max: 16 }) }),
  },
  { requiredKeys: ['status', 'headers', 'body', 'details'] },
);
const response = fc
  .tuple(
    fc.oneof(
      phase.map((request_headers) => ({ request_headers })),
      phase.map((request_body) => ({ request_body })),
      phase.map((response_headers) => ({ response_headers })),
      phase.map((response_body) => ({ response_body })),
      fc.record({ request_trailers: fc.record({ header_mutation: headers }, { requiredKeys: [] }) }),
      fc.record({ response_trailers: fc.record({ header_mutation: headers }, { requiredKeys: [] }) }),
      fc.record({ immediate_response: immediate }),
    ),
    fc.option(struct, { nil: undefined }),
  )
  .map(([part, dynamic_metadata]) => ({
    ...part,
    ...(dynamic_metadata === undefined ? {} : { dynamic_metadata }),
  }));

/** The same message as the protobuf library writes it: bodies are joined for it. */
function byLibrary(wire: object): object {
  return withoutDefaults(responseDeserialize(responseSerialize(joinBodies(wire))));
}

/** The library writes a `false` that was given; on the wire of proto3 it means no more than nothing. */
function withoutDefaults(message: object): object {
  return JSON.parse(JSON.stringify(message), (_key, value) => (value === false ? undefined : value));
}

function joinBodies(value: unknown): object {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) {
    return value.length > 0 && value.every((each) => each instanceof Uint8Array)
      ? Buffer.concat(value)
      : value.map((each) => (typeof each === 'object' ? joinBodies(each) : each));
  }
  return Object.fromEntries(
    Object.entries(value as object).map(([key, each]) => {
      if (key === 'body' && Array.isArray(each)) return [key, Buffer.concat(each)];
      return [key, typeof each === 'object' && each !== null ? joinBodies(each) : each];
    }),
  );
}

describe('a ProcessingResponse', () => {
  test('is read by the protobuf library as what it was', () => {
    const write = createResponseWriter();
    fc.assert(
      fc.property(response, (wire) => {
        const written = responseDeserialize(Buffer.concat(write(wire as WireResponse)));
        expect(withoutDefaults(written)).toEqual(byLibrary(wire));
      }),
      { numRuns: 2000 },
    );
  });

  test('holds a long body by reference, between what stands before it and what follows', () => {
    const write = createResponseWriter();
    const body = new Uint8Array(5000);
    const streamed_response = { body: [body], end_of_stream: true };
    const pieces = write({
      request_body: { response: { body_mutation: { streamed_response }, clear_route_cache: true } },
    });
    expect(pieces).toHaveLength(3);
    expect(pieces[1]).toBe(body);
  });

  test('keeps its bytes while later ones are written', () => {
    const write = createResponseWriter();
    const reply = (text: string): WireResponse => ({
      request_body: { response: { body_mutation: { body: Buffer.from(text) } } },
    });
    const first = write(reply('a'.repeat(900)));
    const before = Buffer.concat(first);
    for (let at = 0; at < 100; at += 1) write(reply('b'.repeat(900)));
    expect(Buffer.concat(first).equals(before)).toBe(true);
  });

  test('writes a header that comes again as it wrote it first, among others and in any message', () => {
    const write = createResponseWriter();
    const option = (key: string, value: string) =>
      ({
        header: { key, raw_value: Buffer.from(value) },
        append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
      }) as const;
    const lasting = { ...option('x-to', '10.0.0.1:8000'), lasting: true } as const;
    const reply = (set_headers: readonly WireHeaderOption[]): WireResponse => ({
      request_headers: { response: { header_mutation: { set_headers }, clear_route_cache: true } },
    });
    const once = option('x-to', '10.0.0.1:8000');
    for (const length of ['1', '22', '333']) {
      const own = option('content-length', length);
      expect(Buffer.concat(write(reply([lasting, own])))).toEqual(Buffer.concat(write(reply([once, own]))));
    }
    expect(Buffer.concat(write(reply([lasting])))).toEqual(Buffer.concat(write(reply([once]))));
  });

  test('writes fields that messages share once, before their own, and reads back as all of them', () => {
    const write = createResponseWriter();
    const shared = { fields: { pool: { stringValue: 'llm/pool' } } };
    const reply = (model: string): WireResponse => ({
      request_headers: {},
      dynamic_metadata: {
        fields: { serin: { structValue: { shared, fields: { model: { stringValue: model } } } } },
      },
    });
    const written = ['a', 'b'].map((model) => responseDeserialize(Buffer.concat(write(reply(model)))));
    expect(written.map((each) => (each as WireResponse).dynamic_metadata)).toMatchObject(
      ['a', 'b'].map((model) => ({
        fields: {
          serin: {
            structValue: { fields: { pool: { stringValue: 'llm/pool' }, model: { stringValue: model } } },
          },
        },
      })),
    );
  });
});
