import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonScanner } from '../../src/core/json-scan.ts';
import { wantedKeys } from '../../src/core/json-scan-keys.ts';
import { decodeJsonString, encodeJsonString, sliceRange, spliceChunks } from '../../src/core/mutation.ts';
import { inChunks, jsonDocument, topLevelMembers } from './json-documents.ts';

const chunks = ['{"model":', '"lora-', 'request","n":9007199254740993}'].map((part) => Buffer.from(part));
const texts = (slices: readonly Uint8Array[]) => slices.map((slice) => Buffer.from(slice).toString());

/** The text with each top-level `model` replaced, as jsonc-parser sees it. */
function replaced(text: string, target: string): string {
  const models = topLevelMembers(text).filter(({ name }) => name === 'model');
  return models
    .toReversed()
    .reduce(
      (rest, { value: { offset, length } }) =>
        rest.slice(0, offset) + JSON.stringify(target) + rest.slice(offset + length),
      text,
    );
}

/** The parsed document with its `model`, if it has one, set to the target. */
function withModel(text: string, target: string): unknown {
  const document: unknown = JSON.parse(text);
  const isObject = typeof document === 'object' && document !== null && !Array.isArray(document);
  return isObject && Object.hasOwn(document, 'model') ? { ...document, model: target } : document;
}

describe('spliceChunks', () => {
  it('replaces every top-level model and keeps every other byte, in any chunks', () => {
    const body = jsonDocument.chain((text) => fc.tuple(fc.constant(text), inChunks(Buffer.from(text))));
    fc.assert(
      fc.property(body, fc.string({ unit: 'grapheme' }), ([text, pieces], target) => {
        const scanner = createJsonScanner(wantedKeys(new Set(['model'])));
        for (const piece of pieces) scanner.push(piece);
        expect(scanner.finish()).toEqual({ kind: 'complete' });
        const replacement = encodeJsonString(target);
        const slices = spliceChunks(pieces, scanner.fields, replacement);
        const spliced = Buffer.concat(slices);
        expect(spliced.toString()).toBe(replaced(text, target));
        expect(JSON.stringify(JSON.parse(spliced.toString()))).toBe(JSON.stringify(withModel(text, target)));
        expect(slices.every((slice) => slice.length > 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps large integers, the order of keys and white space', () => {
    const text = '{ "z":12345678901234567890,\n\t"model" :"a","2":1, "1":-0.10 ,"model":"a"}';
    const scanner = createJsonScanner(wantedKeys(new Set(['model'])));
    scanner.push(Buffer.from(text));
    const slices = spliceChunks([Buffer.from(text)], scanner.fields, encodeJsonString('lora-1'));
    expect(texts(slices).join('')).toBe(text.replaceAll('"a"', '"lora-1"'));
  });

  it('gives views of the chunks and leaves whole ones as they are', () => {
    const slices = spliceChunks(chunks, [{ start: 9, end: 23 }], Buffer.from('"x"'));
    expect(texts(slices)).toEqual(['{"model":', '"x"', ',"n":9007199254740993}']);
    expect([slices[0] === chunks[0], slices[2]?.buffer === chunks[2]?.buffer]).toEqual([true, true]);
  });

  it('gives the chunks themselves if nothing is replaced', () => {
    expect(spliceChunks(chunks, [], Buffer.from('x'))).toEqual(chunks);
  });

  it('inserts at an empty range, between chunks and at the end too', () => {
    const edits = [0, 9, 45].map((at) => ({ start: at, end: at }));
    expect(texts(spliceChunks(chunks, edits, Buffer.from('#'))).join('|')).toBe(
      '#|{"model":|#|"lora-|request","n":9007199254740993}|#',
    );
  });

  it('leaves a range out if the replacement is empty', () => {
    expect(texts(spliceChunks(chunks, [{ start: 0, end: 24 }], new Uint8Array()))).toEqual([
      '"n":9007199254740993}',
    ]);
  });
});

describe('sliceRange', () => {
  it('joins a value that lies in several chunks', () => {
    expect(texts([sliceRange(chunks, 9, 23), sliceRange(chunks, 8, 10)])).toEqual(['"lora-request"', ':"']);
  });

  it('does not copy a value that lies in one', () => {
    const slice = sliceRange(chunks, 10, 14);
    expect([texts([slice]), slice.buffer === chunks[1]?.buffer]).toEqual([['lora'], true]);
  });
});

describe('decodeJsonString', () => {
  it('reads back whatever encodeJsonString writes, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) }), (text) => {
        expect(decodeJsonString(encodeJsonString(text))).toBe(text);
      }),
    );
  });

  it.each([
    ['an unknown escape', Buffer.from('"a\\x"')],
    ['a short escape', Buffer.from('"\\u12"')],
    ['a control character', Buffer.from('"a\nb"')],
    ['a quote inside', Buffer.from('"a"b"')],
    ['another value', Buffer.from('12')],
    ['nothing', Buffer.from('')],
    ['broken UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
  ])('refuses %s', (_, raw) => {
    expect(decodeJsonString(raw)).toBeUndefined();
  });
});
