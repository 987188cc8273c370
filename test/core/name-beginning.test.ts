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
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const kept = Array.from({ length: 64 }, (_, index) =>
    beginningOf(Buffer.alloc(1 << 20, `${index}`).toString('latin1')),
  );
  expect(used() - before).toBeLessThan(16 << 20);
  expect(kept.length).toBe(64);
});
