import { expect, test } from 'vitest';
import { excerpt } from '../../src/core/excerpt.ts';

test('a short name is quoted as it is', () => {
  expect(excerpt('lora-request')).toBe('"lora-request"');
});

test('quotes and line breaks are escaped', () => {
  expect(excerpt('a"b\r\nc')).toBe('"a\\"b\\r\\nc"');
});

test('a name of a megabyte is cut', () => {
  expect(excerpt('x'.repeat(2 ** 20))).toBe(`"${'x'.repeat(120)}…"`);
});
