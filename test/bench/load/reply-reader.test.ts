import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newReplyState, type ReplyMessage, readReplies } from '../../../bench/load/reply-reader.ts';
import { withPrefix } from '../../../bench/servers/grpc-framing.ts';
import { processMethod } from '../../../bench/servers/process-method.ts';
import type { WireResponse } from '../../../src/extproc/wire.ts';

const method = processMethod();

function chunk(body: string, endOfStream: boolean): WireResponse {
  const streamed = { body: Buffer.from(body), end_of_stream: endOfStream };
  return { request_body: { response: { body_mutation: { streamed_response: streamed } } } };
}

const messages = [
  { request_headers: {} },
  chunk('x'.repeat(300), false),
  chunk('', true),
  { response_headers: {} },
].map((reply) => method.responseSerialize(reply));
const bytes = Buffer.concat(messages.map(withPrefix));

test('cut anywhere, replies are the same: their kind, their size, and the end of the body', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 8 }), (cuts) => {
      const bounds = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const state = newReplyState();
      const read: ReplyMessage[] = [];
      for (const [at, bound] of bounds.entries()) {
        readReplies(state, bytes.subarray(bounds[at - 1] ?? 0, bound), (reply) => read.push(reply));
      }
      expect(read).toEqual([
        { field: 1, bytes: messages[0]?.length, endsBody: false },
        { field: 3, bytes: messages[1]?.length, endsBody: false },
        { field: 3, bytes: messages[2]?.length, endsBody: true },
        { field: 2, bytes: messages[3]?.length, endsBody: false },
      ]);
    }),
  );
});
