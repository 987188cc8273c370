import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { beginningOf } from '../../src/core/name-beginning.ts';

test('names stay as they are, and of longer texts the first 200 characters are left', () => {
  expect(beginningOf(undefined)).toBeUndefined();
  expect(beginningOf('x'.repeat(200))).toBe('x'.repeat(200));
  expect(beginningOf('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`);
});

test('what is left keeps nothing of the rest in memory', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => {
    collect();
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const kept = Array.from({ length: 64 }, (_, index) =>
    beginningOf(Buffer.alloc(1 << 20, `${index}`).toString('latin1')),
  );
  // All of them would be 64 MiB; the collector may keep some for a while.
  expect(used() - before).toBeLessThan(48 << 20);
  expect(kept.length).toBe(64);
});
