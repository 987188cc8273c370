import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonDocument } from './json-documents.ts';
import { scan } from './scan-text.ts';

/** JSON.parse with every string emptied: what stands inside strings is not the scanner's business. */
function parsesButForStrings(text: string): boolean {
  const emptied = text.replace(/"(?:[^"\\]|\\[\s\S])*("|$)/g, (_, end: string) => (end === '' ? '"' : '""'));
  try {
    JSON.parse(emptied);
    return true;
  } catch {
    return false;
  }
}

describe('createJsonScanner on texts that are not JSON', () => {
  it('accepts a damaged text exactly if JSON.parse does, but for what stands inside strings', () => {
    const damage = fc.constantFrom('', ...'{}[],:"\\0-+eE.tn \u00a0\u000b/');
    fc.assert(
      fc.property(jsonDocument, fc.nat(), fc.nat(3), damage, (text, at, cut, put) => {
        const position = at % (text.length + 1);
        const damaged = text.slice(0, position) + put + text.slice(position + cut);
        expect(scan(damaged).state.kind).toBe(parsesButForStrings(damaged) ? 'complete' : 'malformed');
      }),
      { numRuns: 2000 },
    );
  });

  it('accepts a text that is cut short exactly if JSON.parse does', () => {
    fc.assert(
      fc.property(jsonDocument, fc.nat(), (text, at) => {
        const short = text.slice(0, at % (text.length + 1));
        expect(scan(short).state.kind).toBe(parsesButForStrings(short) ? 'complete' : 'malformed');
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{"model":}', 9, 'a value expected'],
    ['{"model" "x"}', 9, '`:` expected'],
    ['{,}', 1, 'a key or `}` expected'],
    ['{"a":1,}', 7, 'a key expected'],
    ["{'a':1}", 1, 'a key or `}` expected'],
    ['[1,]', 3, 'a value expected'],
    ['[,]', 1, 'a value or `]` expected'],
    ['[1 2]', 3, '`,` or `]` expected'],
    ['{"a":1}}', 7, 'the end of the text expected'],
    ['{"a":[1}', 7, '`,` or `]` expected'],
    ['{"a":1]', 6, '`,` or `}` expected'],
    ['{"a":01}', 6, 'a broken number'],
    ['{"a":1.}', 7, 'a broken number'],
    ['{"a":-}', 6, 'a broken number'],
    ['[1e+]', 4, 'a broken number'],
    ['[1,2.,3]', 5, 'a broken number'],
    ['[1,00,3]', 4, 'a broken number'],
    ['[+1]', 1, 'a value or `]` expected'],
    ['{"a":tru}', 8, 'a broken true'],
    ['{"a":NaN}', 5, 'a value expected'],
    ['{"a":/**/1}', 5, 'a value expected'],
    ['', 0, 'the text ends inside a value'],
    ['{"a":"b', 7, 'the text ends inside a value'],
    ['{"a":"b\\"}', 10, 'the text ends inside a value'],
    ['{"a":1', 6, 'the text ends inside a value'],
    ['\u{feff}{}', 0, 'a byte order mark'],
  ])('names the byte and the fault of %j', (text, offset, problem) => {
    expect(scan(text).state).toEqual({ kind: 'malformed', offset, problem });
  });

  it('refuses UTF-16, with a mark and without', () => {
    const utf16 = Buffer.from('{"a":1}', 'utf16le');
    expect(scan(utf16).state).toEqual({ kind: 'malformed', offset: 1, problem: 'a key or `}` expected' });
    expect(scan(Buffer.concat([Uint8Array.of(0xff, 0xfe), utf16])).state).toEqual({
      kind: 'malformed',
      offset: 0,
      problem: 'a byte order mark',
    });
  });

  it('refuses a text that nests too deeply', () => {
    const problem = 'nested too deeply (more than 512 levels)';
    expect(scan('['.repeat(513)).state).toEqual({ kind: 'malformed', offset: 512, problem });
    expect(scan('{"a":'.repeat(513)).state).toEqual({ kind: 'malformed', offset: 2560, problem });
    expect(scan('['.repeat(512) + ']'.repeat(512)).state).toEqual({ kind: 'complete' });
  });

  it('refuses a text that repeats a wanted key too often', () => {
    const repeats = (count: number) => `{${Array.from({ length: count }, () => '"model":1').join(',')}}`;
    expect(scan(repeats(1024)).fields.length).toBe(1024);
    expect(scan(repeats(1025)).state).toEqual({
      kind: 'malformed',
      offset: 1024 * 10 + 9,
      problem: 'more than 1024 values of `model`',
    });
  });
});
