import fc from 'fast-check';
import { expect, test } from 'vitest';
import { completionBody } from '../../../bench/load/completion.ts';
import { requestMessages, responseMessage } from '../../../bench/load/envoy-messages.ts';
import { framedReplies } from '../../../bench/servers/fixed-answer.ts';
import { PREFIX_BYTES, withPrefix } from '../../../bench/servers/grpc-framing.ts';
import { processMethod } from '../../../bench/servers/process-method.ts';
import { createRelay } from '../../../bench/servers/relay.ts';
import type { WireRequest } from '../../../src/extproc/wire.ts';

const method = processMethod();
const replies = framedReplies('10.0.0.1:8000');

function relayed(bytes: Buffer, cuts: readonly number[]): readonly unknown[] {
  const relay = createRelay(replies);
  const bounds = [0, ...cuts, bytes.length];
  const pieces = bounds.map((bound, at) => bytes.subarray(bounds[at - 1] ?? 0, bound));
  return decoded(Buffer.concat(pieces.flatMap((piece) => relay(piece))));
}

function decoded(bytes: Buffer): readonly unknown[] {
  const messages: unknown[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + PREFIX_BYTES + bytes.readUInt32BE(at + 1);
    messages.push(method.responseDeserialize(bytes.subarray(at + PREFIX_BYTES, end)));
    at = end;
  }
  return messages;
}

function wire(messages: readonly WireRequest[]): Buffer {
  return Buffer.concat(messages.map((message) => withPrefix(method.requestSerialize(message))));
}

test('whatever the cuts: a destination, each chunk as it came, the end, and an empty reply', () => {
  const body = completionBody(20_000);
  const bytes = wire([...requestMessages(20_000), responseMessage()]);
  const whole = relayed(bytes, []);
  expect(JSON.parse(JSON.stringify(whole))).toMatchObject([
    { request_headers: { response: { clear_route_cache: true } } },
    {
      request_body: { response: { body_mutation: { streamed_response: { body: jsonOf(body, 0, 16_384) } } } },
    },
    { request_body: { response: { body_mutation: { streamed_response: { body: jsonOf(body, 16_384) } } } } },
    { request_body: { response: { body_mutation: { streamed_response: { end_of_stream: true } } } } },
    { response_headers: {} },
  ]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
      expect(
        relayed(
          bytes,
          cuts.sort((a, b) => a - b),
        ),
      ).toEqual(whole);
    }),
  );
});

test('cut between any two bytes of a small request', () => {
  const bytes = wire([
    ...requestMessages(80),
    { request_body: { body: Buffer.from('x'), end_of_stream: true } },
  ]);
  const whole = relayed(bytes, []);
  for (let cut = 0; cut <= bytes.length; cut += 1) expect(relayed(bytes, [cut])).toEqual(whole);
});

function jsonOf(body: Buffer, start: number, end?: number): unknown {
  return JSON.parse(JSON.stringify(body.subarray(start, end)));
}
