import { describe, expect, test } from 'vitest';
import { type Kept, mergeFiles, type ReadFile, type ReadItem } from '../../../src/sources/files/last-good.ts';
import type { Problem } from '../../../src/sources/problems/problem.ts';

const at = (line: number, source = 'a.yaml') => ({ source, line, column: 1 });

function problem(message: string, object?: string): Problem {
  return { place: at(1), object, field: 'spec', message };
}

function good(id: string, value: string, line = 1): ReadItem<string> {
  return { kind: 'good', id, place: at(line), value };
}

function bad(id: string, fallback?: string): ReadItem<string> {
  return { kind: 'bad', id, problems: [problem('is wrong', id)], fallback };
}

function file(...items: readonly ReadItem<string>[]): ReadFile<string> {
  return { items, broken: [], skipped: [] };
}

function broken(...items: readonly ReadItem<string>[]): ReadFile<string> {
  return { ...file(...items), broken: [problem('cannot be read')] };
}

function merge(
  files: Readonly<Record<string, ReadFile<string>>>,
  before?: ReadonlyMap<string, Kept<string>>,
) {
  return mergeFiles(new Map(Object.entries(files)), before ?? new Map());
}

const first = merge({
  'a.yaml': file(good('one', '1'), good('two', '2')),
  'b.yaml': file(good('three', '3')),
});

describe('mergeFiles', () => {
  test('takes good objects of all files in order', () => {
    expect(first.values).toEqual(['1', '2', '3']);
    expect(first.problems).toEqual([]);
  });

  test('keeps the last good version of a broken object while the others change', () => {
    const next = merge({ 'a.yaml': file(bad('one'), good('two', '2b')), 'b.yaml': file() }, first.good);
    expect(next.values).toEqual(['1', '2b']);
    expect(next.problems).toEqual([problem('is wrong', 'one')]);
  });

  test('keeps a last good version over any number of broken edits', () => {
    const next = merge({ 'a.yaml': file(bad('one')) }, first.good);
    expect(merge({ 'a.yaml': file(bad('one', 'never')) }, next.good).values).toEqual(['1']);
  });

  test('lets the fallback stand for an object that never was good', () => {
    const next = merge({ 'a.yaml': file(bad('new', 'refused'), bad('newer')) });
    expect(next.values).toEqual(['refused']);
    expect(next.good.size).toBe(0);
  });

  test('drops an object that is gone from a readable file', () => {
    expect(merge({ 'a.yaml': file(good('two', '2')) }, first.good).values).toEqual(['2']);
  });

  test('keeps what a file held if parts of it cannot be read, and takes the parts that can', () => {
    const next = merge(
      { 'a.yaml': broken(good('two', '2b')), 'b.yaml': file(good('three', '3')) },
      first.good,
    );
    expect(next.values).toEqual(['2b', '3', '1']);
    expect(next.problems).toEqual([problem('cannot be read')]);
  });

  test('does not bring an object back that moved from an unreadable file to another', () => {
    const next = merge({ 'a.yaml': broken(), 'b.yaml': file(good('one', '1b')) }, first.good);
    expect(next.values).toEqual(['1b', '2']);
  });

  test('keeps what all files below an unreadable folder held', () => {
    const nested = merge({ 'dir/a.yaml': file(good('one', '1')), 'dirty.yaml': file(good('two', '2')) });
    expect(merge({ dir: broken() }, nested.good).values).toEqual(['1']);
  });

  test('takes the first of two objects with one name and tells where it is', () => {
    const next = merge({ 'a.yaml': file(good('one', '1', 3), good('one', '2', 9)) });
    expect(next.values).toEqual(['1']);
    expect(next.problems).toEqual([
      {
        place: at(9),
        object: 'one',
        field: '',
        message: 'is defined twice; the one at a.yaml:3:1 is in force',
      },
    ]);
  });
});
