import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonScanner } from '../../src/core/json-scan.ts';
import { decodeJsonString, encodeJsonString, sliceRange, spliceChunks } from '../../src/core/mutation.ts';

const chunks = ['{"model":', '"lora-', 'request","n":9007199254740993}'].map((part) => Buffer.from(part));

describe('spliceChunks', () => {
  it('replaces every model value and keeps every other byte', () => {
    const name = fc.string({ minLength: 1 });
    const rest = fc.dictionary(
      fc.string().filter((key) => key !== 'model'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(name, rest, name, fc.integer({ min: 1, max: 9 }), (model, others, target, size) => {
        const tail = JSON.stringify(others).slice(1);
        const body = Buffer.from(`{ "model" : ${JSON.stringify(model)}${tail === '}' ? '' : ' ,'}${tail}`);
        const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
          body.subarray(at * size, (at + 1) * size),
        );
        const scanner = createJsonScanner(new Set(['model']));
        for (const piece of pieces) scanner.push(piece);
        expect(scanner.finish()).toEqual({ kind: 'complete' });
        const spliced = Buffer.concat(spliceChunks(pieces, scanner.fields, encodeJsonString(target)));
        const [field] = scanner.fields;
        expect(spliced.subarray(0, field?.start)).toEqual(body.subarray(0, field?.start));
        expect(spliced.toString().endsWith(body.subarray(field?.end).toString())).toBe(true);
        expect(JSON.parse(spliced.toString()).model).toBe(target);
      }),
    );
  });

  it('gives views of the chunks and leaves whole ones as they are', () => {
    const slices = spliceChunks(chunks, [{ start: 9, end: 23 }], Buffer.from('"x"'));
    expect(slices.map((slice) => Buffer.from(slice).toString())).toEqual([
      '{"model":',
      '"x"',
      ',"n":9007199254740993}',
    ]);
    expect([slices[0] === chunks[0], slices[2]?.buffer === chunks[2]?.buffer]).toEqual([true, true]);
  });

  it('gives the chunks themselves if nothing is replaced', () => {
    expect(spliceChunks(chunks, [], Buffer.from('x'))).toEqual(chunks);
  });
});

describe('sliceRange', () => {
  it('joins a value that lies in several chunks', () => {
    expect(Buffer.from(sliceRange(chunks, 9, 23)).toString()).toBe('"lora-request"');
  });

  it('does not copy a value that lies in one', () => {
    expect(sliceRange(chunks, 0, 4).buffer).toBe(chunks[0]?.buffer);
  });
});

describe('decodeJsonString', () => {
  it('reads back whatever encodeJsonString writes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeJsonString(encodeJsonString(text))).toBe(text);
      }),
    );
  });

  it.each([
    [Buffer.from('"a\\x"'), 'an unknown escape'],
    [Buffer.from('"\\u12"'), 'a short escape'],
    [Buffer.from([0x22, 0xff, 0x22]), 'broken UTF-8'],
  ])('refuses %o: %s', (raw) => {
    expect(decodeJsonString(raw)).toBeUndefined();
  });
});
