import fc from 'fast-check';
import type { Node } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import type { FoundField, JsonValueKind } from '../../src/core/json-scan.ts';
import { createJsonScanner } from '../../src/core/json-scan.ts';
import { wantedKeys } from '../../src/core/json-scan-keys.ts';
import { inChunks, jsonDocument, membersOf, topLevelMembers } from './json-documents.ts';
import { KEYS, scan, scanChunks } from './scan-text.ts';

/** What was found, with the text of the value in place of its offsets. */
const found = (text: string, keys = KEYS) =>
  scan(text, keys).fields.map(({ key, valueKind, start, end }) => [
    key,
    valueKind,
    Buffer.from(text).subarray(start, end).toString(),
  ]);

const withChunks = (text: string) => fc.tuple(fc.constant(text), inChunks(Buffer.from(text)));

/** The fields that jsonc-parser sees; a field is reported when its value ends. */
function expectedFields(text: string): readonly FoundField[] {
  return topLevelMembers(text).flatMap(({ name, value }) => {
    return [
      ...(name === 'metadata' ? sessionsBelow(value) : []).map(([path, node]) => fieldOf(text, path, node)),
      ...(KEYS.has(name) && !name.includes('.') ? [fieldOf(text, name, value)] : []),
    ];
  });
}

/** The members of an object called `session_id`, or those of each object in an array. */
function sessionsBelow(node: Node): readonly (readonly [string, Node])[] {
  const sessions = (each: Node) => membersOf(each).filter(({ name }) => name === 'session_id');
  return [
    ...sessions(node).map(({ value }) => ['metadata.session_id', value] as const),
    ...(node.type === 'array' ? (node.children ?? []) : []).flatMap((item) =>
      sessions(item).map(({ value }) => ['metadata[].session_id', value] as const),
    ),
  ];
}

function fieldOf(text: string, key: string, node: Node): FoundField {
  const byteAt = (unit: number) => Buffer.byteLength(text.slice(0, unit));
  return { key, valueKind: kindOf(node), start: byteAt(node.offset), end: byteAt(node.offset + node.length) };
}

function kindOf(node: Node): JsonValueKind {
  if (node.type === 'boolean') return node.value ? 'true' : 'false';
  if (node.type === 'property') throw new Error('a property is no value');
  return node.type;
}

/** A member of the top level, with its place if it is marked. */
const member = fc.constantFrom(
  '"prompt":"Say \\"hi\\", {\\\\"',
  '"messages" : [{"role":"user","content":"x","prompt":"inner"}, [1,2]]',
  '"model":"m"',
  '"n":[{"prompt":"inner"}]',
  '"t":1e5',
);

/** Where the first value of `prompt` or `messages` stands, as jsonc-parser sees it. */
function expectedMark(text: string) {
  const first = topLevelMembers(text).find(({ name }) => name === 'prompt' || name === 'messages')?.value;
  return first && { start: first.offset, end: first.offset + first.length };
}

describe('createJsonScanner', () => {
  it('notes where the first value of a marked key stands, in any chunks, and reports the others as ever', () => {
    const documents = fc.array(member, { maxLength: 6 }).map((members) => `{${members.join(', ')}}`);
    fc.assert(
      fc.property(documents.chain(withChunks), ([text, chunks]) => {
        const scanner = createJsonScanner(wantedKeys(['model'], ['prompt', 'messages']));
        for (const chunk of chunks) scanner.push(chunk);
        expect(scanner.finish()).toEqual({ kind: 'complete' });
        expect(scanner.mark()).toEqual(expectedMark(text));
        expect(scanner.fields).toEqual(scan(text, new Set(['model'])).fields);
      }),
    );
  });

  it('tells where a marked value begins before its end, and holds nothing for it', () => {
    const scanner = createJsonScanner(wantedKeys(['model'], ['prompt']));
    scanner.push(Buffer.from('{"prompt":"San Fran'));
    expect([scanner.mark(), scanner.openFrom()]).toEqual([{ start: 10, end: undefined }, undefined]);
    scanner.push(Buffer.from('cisco","prompt":"x","model":"sql'));
    expect([scanner.mark(), scanner.openFrom()]).toEqual([{ start: 10, end: 25 }, 47]);
  });

  it('does not mind how often a marked key comes', () => {
    const scanner = createJsonScanner(wantedKeys(['model'], ['prompt']));
    scanner.push(Buffer.from(`{${Array.from({ length: 2000 }, () => '"prompt":1').join(',')}}`));
    expect(scanner.finish()).toEqual({ kind: 'complete' });
  });

  it('finds in any JSON, in any chunks, what jsonc-parser finds', () => {
    fc.assert(
      fc.property(jsonDocument.chain(withChunks), ([text, chunks]) => {
        expect(scanChunks(chunks, KEYS)).toEqual({
          state: { kind: 'complete' },
          fields: expectedFields(text),
        });
      }),
      { numRuns: 500 },
    );
  });

  it('says the same of any bytes, however they are cut', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((some) => Buffer.from(some)),
      fc
        .array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"model"', '"', '\\', '1', '0', '-', '.5', 'e9'))
        .map((parts) => Buffer.from(`{"metadata":${parts.join('')}`)),
    );
    fc.assert(
      fc.property(
        bytes.chain((whole) => fc.tuple(fc.constant(whole), inChunks(whole))),
        ([whole, chunks]) => {
          expect(scanChunks(chunks, KEYS)).toEqual(scan(whole));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('reads chunks that are plain views into a larger buffer', () => {
    const value = '"a long name that takes more than 32 bytes"';
    const bytes = new TextEncoder().encode(`#{"model":${value}}"`);
    const view = bytes.subarray(1, -1);
    expect(Buffer.isBuffer(view)).toBe(false);
    expect(scanChunks([view], KEYS)).toEqual({
      state: { kind: 'complete' },
      fields: [{ key: 'model', valueKind: 'string', start: 9, end: 9 + value.length }],
    });
  });

  it('finds keys however they are escaped, each time they occur', () => {
    expect(
      found(
        '{"mod\\u0065l":"x","\\u006d\\u006Fdel" : "\\u0079","model":1,"\\u{6d}odel":2,"models":3,"Model":4}',
      ),
    ).toEqual([
      ['model', 'string', '"x"'],
      ['model', 'string', '"\\u0079"'],
      ['model', 'number', '1'],
    ]);
  });

  it('finds keys outside the basic plane in bytes and in surrogates', () => {
    expect(found('{"🐤é":1,"\\ud83d\\udc24\\u00E9":2,"\\ud83d\\udc25é":3}', new Set(['🐤é']))).toEqual([
      ['🐤é', 'number', '1'],
      ['🐤é', 'number', '2'],
    ]);
  });

  it('passes over keys in other objects and in arrays', () => {
    expect(found('{"a":{"model":1},"b":[{"model":2}],"user":{"model":3},"c":"{\\"model\\":4}"}')).toEqual([
      ['user', 'object', '{"model":3}'],
    ]);
    expect(found('[{"model":1,"metadata":{"session_id":2}}]')).toEqual([]);
  });

  it('takes a dotted key as a path and not as a name', () => {
    const keys = new Set(['metadata.session_id', 'metadata.undefined']);
    expect(
      found(
        '{"metadata.session_id":0,"session_id":0,"metadata":{"session_id":1,"\\q":0,"x":{"session_id":0}},' +
          '"other":{"session_id":0},"metadata":[{"session_id":0}],"met\\u0061data":{"session\\u005fid":"2"}}',
        keys,
      ),
    ).toEqual([
      ['metadata.session_id', 'number', '1'],
      ['metadata.session_id', 'string', '"2"'],
    ]);
  });

  it('tells the kinds of values apart', () => {
    const values = ['"s"', '-1.5e3', '{"a":[]}', '[1, 2]', 'true', 'false', 'null'];
    expect(found(`{${values.map((value) => `"model" : ${value}`).join(' ,')} }`)).toEqual(
      ['string', 'number', 'object', 'array', 'true', 'false', 'null'].map((kind, at) => [
        'model',
        kind,
        values[at],
      ]),
    );
  });

  it('finds wanted keys in objects of a wanted array, and in nothing deeper or beside it', () => {
    const keys = new Set(['choices[].finish_reason', 'usage']);
    const item = '{"index":0,"message":{"finish_reason":1},"finish_reason":"stop"}';
    expect(found(`{"choices":[${item},3,[{"finish_reason":2}],${item}],"usage":{}}`, keys)).toEqual([
      ['choices[].finish_reason', 'string', '"stop"'],
      ['choices[].finish_reason', 'string', '"stop"'],
      ['usage', 'object', '{}'],
    ]);
    expect(found('{"choices":{"a":{"finish_reason":1},"finish_reason":2}}', keys)).toEqual([]);
  });

  it('hands over what it has found so far once, and tells where an unfinished value begins', () => {
    const scanner = createJsonScanner(wantedKeys(KEYS));
    scanner.push(Buffer.from('{"user":1,"model":"a'));
    expect([scanner.take(), scanner.openFrom()]).toEqual([
      [{ key: 'user', valueKind: 'number', start: 8, end: 9 }],
      18,
    ]);
    scanner.push(Buffer.from('b"}'));
    expect([scanner.take(), scanner.take(), scanner.openFrom()]).toEqual([
      [{ key: 'model', valueKind: 'string', start: 18, end: 22 }],
      [],
      undefined,
    ]);
  });

  it('finds no field in a text that is not an object', () => {
    for (const text of ['"model"', '12', ' null ', '[]', '[["model"],1]']) {
      expect(scan(text)).toEqual({ state: { kind: 'complete' }, fields: [] });
    }
  });

  it('says that the value is complete as soon as it has closed', () => {
    const scanner = createJsonScanner(wantedKeys(KEYS));
    const states = ['{"model":"a"', '', '}', '', ' \n', 'x', '}'].map((part) =>
      scanner.push(Buffer.from(part)),
    );
    const broken = { kind: 'malformed', offset: 15, problem: 'the end of the text expected' };
    expect(states.map((state) => (state.kind === 'malformed' ? state : state.kind))).toEqual([
      'open',
      'open',
      'complete',
      'complete',
      'complete',
      broken,
      broken,
    ]);
    expect(scanner.finish()).toEqual(broken);
  });

  it('finds the end of a string after a run of backslashes, however the run is cut', () => {
    const outcomes = Array.from({ length: 80 }, (_, length) => {
      const bytes = Buffer.from(`"${'\\'.repeat(length)}"`);
      const cuts = Array.from(bytes, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)]);
      return [...new Set(cuts.map((chunks) => scanChunks(chunks, KEYS).state.kind))];
    });
    expect(outcomes).toEqual(outcomes.map((_, length) => [length % 2 === 0 ? 'complete' : 'malformed']));
  });

  it('leaves what stands inside strings to the model server', () => {
    const strings = Buffer.concat([
      Buffer.from('{"a":"\\q \n\u0000'),
      Uint8Array.of(0xff),
      Buffer.from('"}'),
    ]);
    expect(scan(strings).state).toEqual({ kind: 'complete' });
  });

  it('compares no key that cannot be a wanted one, however long it is and however it is cut', () => {
    const text = `{"${'model'.repeat(1000)}":1,"model":2,"${'\\u006d'.repeat(1000)}":3,"mo\\u0064el":4}`;
    const single = Array.from(text, (char) => Buffer.from(char));
    const values = (fields: readonly FoundField[]) => fields.map(({ start, end }) => text.slice(start, end));
    expect(values(scan(text).fields)).toEqual(['2', '4']);
    expect(values(scanChunks(single, KEYS).fields)).toEqual(['2', '4']);
  });

  it('reads a large chunk of many strings in linear time', () => {
    const strings = Buffer.from(`[${`"${'x'.repeat(60)}",`.repeat(250_000)}0]`);
    const start = performance.now();
    expect(scan(strings).state).toEqual({ kind: 'complete' });
    // It takes some 20 ms; a search to the end of the chunk for each string takes minutes.
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
