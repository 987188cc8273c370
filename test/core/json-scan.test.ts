import fc from 'fast-check';
import { type Node, parseTree } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import type { FoundField, ScanState } from '../../src/core/json-scan.ts';
import { createJsonScanner } from '../../src/core/json-scan.ts';
import { decodeJsonString } from '../../src/core/mutation.ts';

const KEYS = new Set(['model', 'user', 'stream', 'metadata', 'metadata.session_id']);

function scan(text: string | Uint8Array, cuts: readonly number[] = []) {
  const bytes = Buffer.from(text);
  const scanner = createJsonScanner(KEYS);
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    scanner.push(bytes.subarray(from, cut));
    from = cut;
  }
  return { state: scanner.finish(), fields: scanner.fields, bytes };
}

/** Every cut position of a text of `length` bytes, some of them, in order. */
const cutsOf = (length: number) =>
  fc.uniqueArray(fc.nat(length), { maxLength: 8 }).map((cuts) => cuts.sort((a, b) => a - b));

/** JSON as clients may write it: white space anywhere, keys escaped or not, keys that repeat. */
const key = fc.oneof(
  fc.constantFrom('model', 'user', 'stream', 'metadata', 'session_id', 'prompt'),
  fc.string({ maxLength: 6 }),
);
const space = fc.constantFrom('', '', ' ', '\n\t', '\r\n  ');
const escaped = fc.tuple(key, fc.infiniteStream(fc.boolean())).map(([text, flags]) => {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  const unicode = (unit: number) => `\\u${unit.toString(16).padStart(4, '0')}`;
  const plain = (unit: number) => JSON.stringify(String.fromCharCode(unit)).slice(1, -1);
  return `"${units.map((unit) => (flags.next().value ? unicode(unit) : plain(unit))).join('')}"`;
});
const { json } = fc.letrec<{ json: string; object: string; array: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.string().map((text) => JSON.stringify(text)),
    fc.constantFrom(
      '0',
      '-0',
      '9007199254740993',
      '1.5e+10',
      '-12E-3',
      'true',
      'false',
      'null',
      '"\\\\"',
      '"\\""',
    ),
  ),
  array: fc
    .array(fc.tuple(space, tie('json'), space), { maxLength: 4 })
    .map((items) => `[${items.map((item) => item.join('')).join(',')}]`),
  object: fc
    .array(fc.tuple(space, escaped, space, fc.constant(':'), space, tie('json'), space), { maxLength: 5 })
    .map((members) => `{${members.map((member) => member.join('')).join(',')}}`),
  json: fc.oneof({ maxDepth: 4, depthSize: 'small' }, tie('leaf'), tie('object'), tie('array')),
}));
const document = fc.oneof(
  { weight: 4, arbitrary: json },
  { weight: 1, arbitrary: json.map((text) => ` ${text}\n`) },
);

/** The wanted fields according to jsonc-parser, whose offsets count UTF-16 units. */
function oracle(text: string): readonly FoundField[] {
  const root = parseTree(text);
  return root?.type === 'object' ? (root.children ?? []).flatMap((member) => fieldsOf(text, member, '')) : [];
}

function fieldsOf(text: string, member: Node, parent: string): readonly FoundField[] {
  const [name, value] = member.children ?? [];
  const path = `${parent}${name?.value}`;
  if (value === undefined) return [];
  const inner =
    parent === '' && path === 'metadata' && value.type === 'object'
      ? (value.children ?? []).flatMap((child) => fieldsOf(text, child, 'metadata.'))
      : [];
  if (!KEYS.has(path)) return inner;
  const byteAt = (unit: number) => Buffer.byteLength(text.slice(0, unit));
  const valueKind = value.type === 'boolean' ? (value.value ? 'true' : 'false') : value.type;
  const found = {
    key: path,
    valueKind: valueKind as FoundField['valueKind'],
    start: byteAt(value.offset),
    end: byteAt(value.offset + value.length),
  };
  return [...inner, found];
}

describe('createJsonScanner', () => {
  it('finds in any JSON, cut anywhere, what jsonc-parser finds', () => {
    fc.assert(
      fc.property(
        document.chain((text) => fc.tuple(fc.constant(text), cutsOf(Buffer.byteLength(text)))),
        ([text, cuts]) => {
          const { state, fields } = scan(text, cuts);
          expect(state).toEqual({ kind: 'complete' });
          expect(fields).toEqual(oracle(text));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('accepts a damaged text exactly if JSON.parse does, but for what stands inside strings', () => {
    const damage = fc.constantFrom('', '{', '}', '[', ']', ',', ':', '"', '0', '-', 'e', '.', 't', ' ');
    fc.assert(
      fc.property(document, fc.nat(), fc.nat(4), damage, (text, at, cut, put) => {
        const position = at % (text.length + 1);
        const damaged = text.slice(0, position) + put + text.slice(position + cut);
        expect(scan(damaged).state.kind).toBe(acceptsStructure(damaged) ? 'complete' : 'malformed');
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['{"model":}', 9],
    ['{"model" "x"}', 9],
    ['{,}', 1],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['{"a":01}', 6],
    ['{"a":1.}', 7],
    ['{"a":-}', 6],
    ['{"a":tru}', 8],
    ['{"a":1}}', 7],
    ['{"a":[1}', 7],
    ['', 0],
    ['{"a":"b', 7],
    ['{"a":1', 6],
    ['\u{feff}{}', 0],
  ])('names the byte at which %j breaks', (text, offset) => {
    expect(scan(text).state).toEqual({ kind: 'malformed', offset, problem: expect.any(String) });
  });

  it('refuses a text that nests too deeply', () => {
    expect(scan('['.repeat(513)).state).toEqual({
      kind: 'malformed',
      offset: 512,
      problem: 'nested too deeply (more than 512 levels)',
    });
    expect(scan('['.repeat(512) + ']'.repeat(512)).state).toEqual({ kind: 'complete' });
  });

  it('says that the value is complete as soon as it has closed', () => {
    const scanner = createJsonScanner(KEYS);
    const states: ScanState[] = ['{"model":"a"', '}', ' \n'].map((part) => scanner.push(Buffer.from(part)));
    expect(states).toEqual([{ kind: 'open' }, { kind: 'complete' }, { kind: 'complete' }]);
  });

  it('finds a model whatever its key is escaped to, and not in other objects', () => {
    const { fields, bytes } = scan('{"a":{"model":"no"},"mod\\u0065l":"x","\\u006d\\u006Fdel" : "\\u0079" }');
    expect(fields.map(({ start, end }) => decodeJsonString(bytes.subarray(start, end)))).toEqual(['x', 'y']);
  });
});

/** JSON.parse after every string was replaced by an empty one, unless a string does not end. */
function acceptsStructure(text: string): boolean {
  const structure = text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, '""');
  if (/"(?!")/.test(structure.replaceAll('""', ''))) return false;
  try {
    JSON.parse(structure);
    return true;
  } catch {
    return false;
  }
}
