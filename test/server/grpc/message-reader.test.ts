import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  atBoundary,
  createMessageReader,
  nextMessage,
  offer,
} from '../../../src/server/grpc/message-reader.ts';

function prefixed(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.from([flag, 0, 0, 0, 0]);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function read(pieces: readonly Uint8Array[], maxBytes = 1000): readonly (Uint8Array | string)[] {
  const reader = createMessageReader();
  const found: (Uint8Array | string)[] = [];
  for (const piece of pieces) {
    offer(reader, piece);
    for (let next = nextMessage(reader, maxBytes); next !== undefined; next = nextMessage(reader, maxBytes)) {
      found.push(typeof next === 'string' ? next : Buffer.from(next));
      if (typeof next === 'string') return found;
    }
  }
  if (!atBoundary(reader)) found.push('unfinished');
  return found;
}

test('messages come out whole however their body is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }),
      fc.array(fc.nat(400), { maxLength: 12 }),
      (messages, cuts) => {
        const bytes = Buffer.concat(messages.map((message) => prefixed(message)));
        const places = [0, ...cuts.filter((cut) => cut <= bytes.length), bytes.length].sort((a, b) => a - b);
        const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
        expect(read(pieces)).toEqual(messages.map((message) => Buffer.from(message)));
      },
    ),
    { numRuns: 500 },
  );
});

test('a message in one slice shares its memory', () => {
  const bytes = prefixed(Buffer.from('abc'));
  const reader = createMessageReader();
  offer(reader, bytes);
  const message = nextMessage(reader, 10);
  expect(message instanceof Uint8Array && message.buffer === bytes.buffer).toBe(true);
});

test.each([
  ['compressed', prefixed(Buffer.from('x'), 1)],
  ['unknown-flag', prefixed(Buffer.from('x'), 2)],
  ['too-large', prefixed(Buffer.alloc(1001))],
  ['too-large', Buffer.from('00ffffffff', 'hex')],
  ['unfinished', Buffer.from('0000', 'hex')],
  ['unfinished', prefixed(Buffer.from('abc')).subarray(0, 7)],
])('%s', (fault, bytes) => {
  expect(read([bytes])).toEqual([fault]);
});
