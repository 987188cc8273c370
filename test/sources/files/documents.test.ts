import { describe, expect, test } from 'vitest';
import { readDocuments } from '../../../src/sources/files/documents.ts';
import type { FieldPath } from '../../../src/sources/problems/problem.ts';

function valuesOf(text: string): readonly unknown[] {
  return readDocuments('f.yaml', text).map((document) =>
    document.kind === 'value' ? document.value : document.problems,
  );
}

function placeIn(text: string, path: FieldPath): string {
  const [document] = readDocuments('f.yaml', text);
  if (document?.kind !== 'value') return 'unparsable';
  const { source, line, column } = document.locate(path);
  return `${source}:${line}:${column}`;
}

describe('readDocuments', () => {
  test('reads every document of a YAML text, and JSON indented with tabs', () => {
    expect(valuesOf('# head\n---\na: 1\n---\nb: [2]\n...\n')).toEqual([{ a: 1 }, { b: [2] }]);
    expect(valuesOf('{\n\t"a": {\n\t\t"b": "c"\n\t}\n}\n')).toEqual([{ a: { b: 'c' } }]);
    expect(valuesOf('\ufeffa: 1\r\nb: 2\r\n')).toEqual([{ a: 1, b: 2 }]);
  });

  test('reads an empty text as no document, and an empty document as null', () => {
    expect(valuesOf('')).toEqual([]);
    expect(valuesOf('# nothing\n')).toEqual([]);
    expect(valuesOf('---\n# nothing\n---\na: 1\n')).toEqual([null, { a: 1 }]);
  });

  test('reads anchors, aliases and merged keys as kubectl does', () => {
    expect(valuesOf('a: &x { b: 1 }\nc: *x\nd: { <<: *x, e: 2 }\n')).toEqual([
      { a: { b: 1 }, c: { b: 1 }, d: { b: 1, e: 2 } },
    ]);
  });

  test('tells everything for which a document cannot be read', () => {
    const places = valuesOf('a: 1\na: 2\nb: 1\nb: 2\n');
    expect(places).toEqual([
      [
        expect.objectContaining({ place: { source: 'f.yaml', line: 2, column: 1 } }),
        expect.objectContaining({ place: { source: 'f.yaml', line: 4, column: 1 } }),
      ],
    ]);
  });

  test('tells what cannot be read with line and column, and reads the other documents', () => {
    expect(valuesOf('a: 1\n---\nb: [1,\n---\nc: 3\n')).toEqual([
      { a: 1 },
      [expect.objectContaining({ place: { source: 'f.yaml', line: 4, column: 1 }, field: '' })],
      { c: 3 },
    ]);
    expect(valuesOf('a: 1\na: 2\n')).toEqual([
      [
        expect.objectContaining({
          place: { source: 'f.yaml', line: 2, column: 1 },
          message: expect.stringContaining('unique'),
        }),
      ],
    ]);
  });

  test('refuses aliases that expand without end', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let depth = 1; depth < 9; depth += 1) {
      lines.push(
        `a${depth}: &a${depth} [${Array(10)
          .fill(`*a${depth - 1}`)
          .join(', ')}]`,
      );
    }
    expect(valuesOf(lines.join('\n'))).toEqual([
      [expect.objectContaining({ message: expect.stringContaining('alias') })],
    ]);
  });

  test('finds a field at its key and an entry of a list at its start', () => {
    const text = 'spec:\n  targets:\n  - name: a\n    weight: 1\n  - { name: b, weight: 2 }\n';
    expect(placeIn(text, [])).toBe('f.yaml:1:1');
    expect(placeIn(text, ['spec', 'targets'])).toBe('f.yaml:2:3');
    expect(placeIn(text, ['spec', 'targets', 0, 'weight'])).toBe('f.yaml:4:5');
    expect(placeIn(text, ['spec', 'targets', 1])).toBe('f.yaml:5:5');
    expect(placeIn(text, ['spec', 'targets', 1, 'weight'])).toBe('f.yaml:5:16');
  });

  test('finds a missing field at the nearest field around it', () => {
    expect(placeIn('spec:\n  a: 1\n', ['spec', 'b', 'c'])).toBe('f.yaml:1:1');
    expect(placeIn('spec: [{ a: 1 }]\n', ['spec', 5])).toBe('f.yaml:1:1');
    expect(placeIn('a: 1\n', ['a', 'b'])).toBe('f.yaml:1:1');
  });

  test('finds a field behind an alias where the alias leads', () => {
    expect(placeIn('a: &x\n  b: 1\nc: *x\n', ['c', 'b'])).toBe('f.yaml:2:3');
  });
});
