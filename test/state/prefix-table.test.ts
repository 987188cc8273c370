import { describe, expect, test } from 'vitest';
import { prefixBytes } from '../../src/core/prompt-prefix.ts';
import { createPrefixTable, type PrefixTable } from '../../src/state/prefix-table.ts';

/** A prompt by the hashes of its beginnings. */
function prompt(...hashes: readonly number[]) {
  return { prefix: { hashes }, bytes: 1200 };
}

/** What pods in the first slots have of a prompt. */
function found(table: PrefixTable, target: string | undefined, ...hashes: readonly number[]) {
  const { bytes, longest } = table.find(target, { hashes });
  return { bytes: [0, 1, 2].map((slot) => bytes[slot] ?? 0), longest };
}

describe('a table of beginnings', () => {
  test('tells the longest beginning that each pod was sent, and the longest of all', () => {
    const table = createPrefixTable();
    expect(found(table, 'a', 1, 2, 3)).toEqual({ bytes: [0, 0, 0], longest: 0 });
    table.sent(0, 'a', prompt(1, 2, 3));
    table.sent(2, 'a', prompt(1, 9));
    expect(found(table, 'a', 1, 2, 8)).toEqual({ bytes: [384, 0, 256], longest: 384 });
    expect(found(table, 'a', 7)).toEqual({ bytes: [0, 0, 0], longest: 0 });
  });

  test('keeps the prompts of each target apart', () => {
    const table = createPrefixTable();
    table.sent(0, 'a', prompt(1));
    table.sent(1, undefined, prompt(1));
    expect(found(table, 'a', 1).bytes).toEqual([256, 0, 0]);
    expect(found(table, undefined, 1).bytes).toEqual([0, 256, 0]);
    expect(found(table, 'b', 1).bytes).toEqual([0, 0, 0]);
  });

  test('tells how much of a prompt its pod had been sent before', () => {
    const table = createPrefixTable();
    expect(table.sent(0, 'a', prompt(1, 2))).toBe(0);
    expect(table.sent(0, 'a', prompt(1, 2, 3))).toBe(384);
    expect(table.sent(1, 'a', prompt(1, 2, 3))).toBe(0);
  });

  test('forgets a beginning when a mebibyte of others was sent to its pod since its last use', () => {
    const table = createPrefixTable();
    table.sent(0, 'a', prompt(1));
    table.sent(1, 'a', { ...prompt(2), bytes: 1 << 21 });
    table.sent(0, 'a', { ...prompt(3), bytes: 1 << 20 });
    expect(found(table, 'a', 1).longest).toBe(256);
    table.sent(0, 'a', { ...prompt(4), bytes: 1 });
    expect(found(table, 'a', 1).longest).toBe(0);
    expect(found(table, 'a', 3).longest).toBe(256);
    expect(table.sent(0, 'a', prompt(1))).toBe(0);
  });

  test('counts bytes past 2^32', () => {
    const table = createPrefixTable();
    table.sent(0, 'a', { ...prompt(1), bytes: 2 ** 32 - 10 });
    table.sent(0, 'a', { ...prompt(2), bytes: 20 });
    expect(found(table, 'a', 1).longest).toBe(256);
  });

  test('forgets all of a pod that has lost its cache', () => {
    const table = createPrefixTable();
    table.sent(0, 'a', prompt(1));
    table.sent(1, 'a', prompt(1));
    table.drop(0);
    expect(found(table, 'a', 1).bytes).toEqual([0, 256, 0]);
    table.sent(0, 'a', prompt(1));
    expect(found(table, 'a', 1).bytes).toEqual([256, 256, 0]);
  });

  test('remembers the latest pods where many have the same beginning', () => {
    const table = createPrefixTable();
    for (let slot = 0; slot < 12; slot += 1) table.sent(slot, 'a', prompt(1));
    const { bytes } = table.find('a', { hashes: [1] });
    expect(Array.from({ length: 12 }, (_, slot) => bytes[slot] ?? 0).filter((each) => each > 0)).toHaveLength(
      8,
    );
    expect(bytes[11]).toBe(256);
  });

  test('makes room among many prompts for the newest', () => {
    const table = createPrefixTable();
    for (let hash = 1; hash <= 200_000; hash += 1) table.sent(hash % 3, 'a', { ...prompt(hash), bytes: 0 });
    const kept = (from: number) =>
      Array.from({ length: 1000 }, (_, at) => from + at).filter(
        (hash) => found(table, 'a', hash).longest > 0,
      );
    expect(kept(199_001)).toHaveLength(1000);
    expect(kept(1).length).toBeLessThan(100);
  });
});

test('boundaries grow by a half and a third in turn', () => {
  expect([0, 1, 2, 3, 4, 14].map(prefixBytes)).toEqual([256, 384, 512, 768, 1024, 32768]);
});
