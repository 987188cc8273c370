import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKeyFile } from '../../../src/sources/scrape/key-file.ts';
import { makeFolder } from '../files/following.ts';

test('the key is that of the moment, and the last one while its file is away', async () => {
  const file = join(await makeFolder(), 'key');
  const told: string[] = [];
  writeFileSync(file, 'first\n');
  const key = createKeyFile(file, (message) => told.push(message));
  writeFileSync(file, ' second ');
  expect(key()).toBe('second');
  rmSync(file);
  expect([key(), key()]).toEqual(['second', 'second']);
  expect(told).toEqual([expect.stringContaining('no such file')]);
  writeFileSync(file, 'third');
  expect(key()).toBe('third');
  rmSync(file);
  expect(key()).toBe('third');
  expect(told).toHaveLength(2);
});

test('a key has to be there at the start', () => {
  expect(() => createKeyFile('/none', () => undefined)).toThrow('/none');
});
