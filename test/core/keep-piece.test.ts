import { expect, test } from 'vitest';
import { keepPiece, SMALL_BYTES } from '../../src/core/keep-piece.ts';

const bytes = (length: number, from = 0) => Uint8Array.from({ length }, (_, at) => (from + at) % 251);

test('a body that comes byte by byte is kept in few pieces, in order', () => {
  const pieces: Uint8Array[] = [];
  const body = bytes(10_000);
  for (let at = 0; at < body.length; at += 1) keepPiece(pieces, body.subarray(at, at + 1));
  expect(Buffer.concat(pieces)).toEqual(Buffer.from(body));
  expect(pieces.length).toBe(Math.ceil(body.length / SMALL_BYTES));
});

test('a small piece does not keep the chunk alive that it was cut from', () => {
  const chunk = bytes(65_536);
  const pieces: Uint8Array[] = [];
  keepPiece(pieces, chunk.subarray(0, 10));
  expect(pieces.map(({ buffer, length }) => [buffer.byteLength, length])).toEqual([[10, 10]]);
});

test('a large piece is kept as it is', () => {
  const piece = bytes(SMALL_BYTES);
  const pieces: Uint8Array[] = [];
  keepPiece(pieces, piece);
  expect(pieces[0]).toBe(piece);
});

test('an empty piece is left out', () => {
  const pieces: Uint8Array[] = [];
  keepPiece(pieces, new Uint8Array(0));
  expect(pieces).toEqual([]);
});
