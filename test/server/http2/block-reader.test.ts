import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBlockReader, headOf, readBlock } from '../../../src/server/http2/block-reader.ts';

const text = (value: string) => Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
const POST = Buffer.of(0x83);
const HTTP = Buffer.of(0x86);
/** `:path` as a literal that the table does not take, as a literal that it takes, and whatever it took last. */
const path = (value: string) => Buffer.concat([Buffer.of(0x04), text(value)]);
const addedPath = (value: string) => Buffer.concat([Buffer.of(0x44), text(value)]);
const NEWEST = Buffer.of(0x80 | 62);
const EMPTIED = Buffer.of(0x20);
const RESTORED = Buffer.of(0x3f, 0xe1, 0x1f);

const blocks = {
  'literal /a': Buffer.concat([POST, HTTP, path('/a')]),
  'literal /b': Buffer.concat([POST, HTTP, path('/b')]),
  'added /a': Buffer.concat([POST, HTTP, addedPath('/a')]),
  'added /b': Buffer.concat([POST, HTTP, addedPath('/b')]),
  newest: Buffer.concat([POST, HTTP, NEWEST]),
  emptied: Buffer.concat([EMPTIED, RESTORED, POST, HTTP, path('/c')]),
};

function pathOf(head: ReturnType<typeof headOf>): string {
  return typeof head === 'string' ? head : head.path;
}

/** The path of each block, by a table that holds no more than the last path that was added. */
function pathsOf(sequence: readonly (readonly [string, number])[]): readonly string[] {
  let newest = 'an index outside of the tables';
  return sequence.flatMap(([name, times]) => {
    const [kind, literal = ''] = name.split(' ');
    if (kind === 'added') newest = literal;
    if (kind === 'emptied') newest = 'an index outside of the tables';
    return Array<string>(times).fill(kind === 'newest' ? newest : kind === 'emptied' ? '/c' : literal);
  });
}

describe('header blocks of a connection', () => {
  test('mean what the tables say at their turn, however often they repeat', () => {
    const names = fc.constantFrom(...(Object.keys(blocks) as (keyof typeof blocks)[]));
    const runs = fc.array(fc.tuple(names, fc.integer({ min: 1, max: 3 })), { maxLength: 20 });
    fc.assert(
      fc.property(runs, (sequence) => {
        const reader = createBlockReader();
        const read = sequence
          .flatMap(([name, times]) => Array<typeof name>(times).fill(name))
          .map((name) => readBlock(reader, blocks[name]) ?? pathOf(headOf(reader)));
        expect(read).toEqual(pathsOf(sequence));
      }),
    );
  });

  test('are decoded once while they repeat, and their memory may be written again', () => {
    const reader = createBlockReader();
    const block = Buffer.from(blocks['literal /a']);
    readBlock(reader, block);
    const head = headOf(reader);
    readBlock(reader, Buffer.from(block));
    expect(headOf(reader)).toBe(head);
    block.set(blocks['literal /b']);
    readBlock(reader, block);
    expect(headOf(reader)).toMatchObject({ path: '/b' });
  });
});
