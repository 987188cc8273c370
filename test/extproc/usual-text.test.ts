import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextReader } from '../../src/extproc/usual-text.ts';

test('every value is read as itself, however alike the last one was', () => {
  const alike = fc.array(fc.constantFrom('a', 'b', 'é', '\u{1f600}', 'x'.repeat(63)), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(alike, { maxLength: 30 }), fc.nat(5), (values, before) => {
      const read = createTextReader();
      const texts = values.map((parts) => parts.join(''));
      const seen = texts.map((text) => {
        const bytes = Buffer.from(`${'-'.repeat(before)}${text}-`);
        return read(bytes, before, bytes.length - 1);
      });
      expect(seen).toEqual(texts);
    }),
  );
});

test('keeps a copy of the value, not the memory it was read from', () => {
  const read = createTextReader();
  const bytes = Buffer.from('/v1/completions');
  expect(read(bytes, 0, bytes.length)).toBe('/v1/completions');
  bytes.fill('x');
  expect(read(Buffer.from('x'.repeat(15)), 0, 15)).toBe('x'.repeat(15));
});
