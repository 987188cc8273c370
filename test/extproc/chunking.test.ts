import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupChunks, MAX_CHUNK_BYTES } from '../../src/extproc/chunking.ts';

const bytes = (group: readonly Uint8Array[]) => group.reduce((total, piece) => total + piece.length, 0);

describe('groupChunks', () => {
  it('keeps every byte in order, and fills each message but the last', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 17 }),
        (slices, maxBytes) => {
          const groups = groupChunks(slices, maxBytes);
          expect(Buffer.concat(groups.flat())).toEqual(Buffer.concat(slices));
          expect(groups.slice(0, -1).map(bytes)).toEqual(groups.slice(0, -1).map(() => maxBytes));
          expect(groups.every((group) => bytes(group) > 0 && bytes(group) <= maxBytes)).toBe(true);
        },
      ),
    );
  });

  it('copies nothing: each piece is a view of its slice', () => {
    const slice = new Uint8Array(10);
    const pieces = groupChunks([slice], 4).flat();
    expect(pieces.map((piece) => [piece.buffer === slice.buffer, piece.byteOffset, piece.length])).toEqual([
      [true, 0, 4],
      [true, 4, 4],
      [true, 8, 2],
    ]);
  });

  it('stays below the 64 KiB that Envoy recommends for one message', () => {
    const groups = groupChunks([new Uint8Array(1 << 20)]);
    expect(MAX_CHUNK_BYTES).toBeLessThan(64 * 1024);
    expect(Math.max(...groups.map(bytes))).toBe(MAX_CHUNK_BYTES);
  });

  it('makes no message of an empty body', () => {
    expect(groupChunks([new Uint8Array(0)])).toEqual([]);
  });
});
