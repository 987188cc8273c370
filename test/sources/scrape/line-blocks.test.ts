import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineBlocks } from '../../../src/sources/scrape/line-blocks.ts';

/** The blocks of a text that comes in pieces, each overwritten by the next. */
function blocksOf(pieces: readonly string[]): readonly string[] {
  const blocks: string[] = [];
  const { take, end } = createLineBlocks((lines) => void blocks.push(lines.toString('latin1')));
  const buffer = Buffer.alloc(4_096);
  for (const piece of pieces) take(buffer.subarray(0, buffer.fill('#').write(piece, 'latin1')));
  end();
  return blocks;
}

test('lines of a piece are handed on together, and those that it breaks off in alone', () => {
  expect(blocksOf(['a\nb\nc', 'd\ne\nf\ng', '', 'h', 'i'])).toEqual(['a\nb\n', 'cd\n', 'e\nf\n', 'ghi']);
});

test('nothing is handed on of a text that is empty or ends with a line', () => {
  expect([blocksOf([]), blocksOf(['']), blocksOf(['a\n', '\n'])]).toEqual([[], [], ['a\n', '\n']]);
});

test('every block but the last ends with a line feed, and all are the text', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 300 });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const blocks = blocksOf(pieces);
      expect(blocks.join('')).toBe(pieces.join(''));
      expect(blocks.slice(0, -1).every((block) => block.endsWith('\n'))).toBe(true);
    }),
  );
});
