import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  atBoundary,
  createMessageReader,
  nextMessage,
  offer,
  setAside,
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

test('what waits keeps no more memory alive than its bytes, however a peer cuts it', () => {
  const reader = createMessageReader();
  const chunk = Buffer.alloc(65_536, 'x');
  prefixed(Buffer.alloc(10_000)).copy(chunk, 0, 0, 5);
  for (let at = 0; at < 9000; at += 1) {
    offer(reader, chunk.subarray(at, at + 1));
    expect(nextMessage(reader, 10_000)).toBeUndefined();
  }
  expect(reader.held.length).toBeLessThan(4);
  expect(reader.held.some(({ buffer }) => buffer === chunk.buffer)).toBe(false);
  expect([reader.heldBytes, reader.slice.buffer === chunk.buffer]).toEqual([8995, false]);
});

test('a rest that is set aside leaves its chunk', () => {
  const reader = createMessageReader();
  const bytes = Buffer.concat([prefixed(Buffer.from('a')), prefixed(Buffer.from('b'))]);
  offer(reader, bytes);
  nextMessage(reader, 10);
  expect(setAside(reader)).toBe(6);
  expect(reader.slice.buffer === bytes.buffer).toBe(false);
  expect(nextMessage(reader, 10)).toEqual(new Uint8Array(Buffer.from('b')));
});
