import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readInteger, writeInteger } from '../../../../src/server/http2/hpack/integer.ts';

test.each([
  ['C.1.1', 10, 5, '0a'],
  ['C.1.2', 1337, 5, '1f9a0a'],
  ['C.1.3', 42, 8, '2a'],
])('RFC 7541 %s', (_name, value, prefixBits, encoded) => {
  const bytes: number[] = [];
  writeInteger(bytes, value, prefixBits, 0);
  expect(Buffer.from(bytes).toString('hex')).toBe(encoded);
  expect(readInteger({ bytes: Buffer.from(bytes), at: 0 }, prefixBits)).toBe(value);
});

test('every value up to 2^28-1 comes back, and the cursor stands behind it', () => {
  fc.assert(
    fc.property(fc.nat(0x0fff_ffff), fc.integer({ min: 1, max: 8 }), (value, prefixBits) => {
      const bytes: number[] = [];
      writeInteger(bytes, value, prefixBits, 0);
      const cursor = { bytes: Buffer.from([...bytes, 0]), at: 0 };
      expect([readInteger(cursor, prefixBits), cursor.at]).toEqual([value, bytes.length]);
    }),
  );
});

test.each(['1f', '1f80', '1fffffffff7f', '1f8080808080808000'])('%s is too long or cut off', (encoded) => {
  expect(readInteger({ bytes: Buffer.from(encoded, 'hex'), at: 0 }, 5)).toBe(-1);
});
