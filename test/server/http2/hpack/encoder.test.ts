import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHpackDecoder } from '../../../../src/server/http2/hpack/decoder.ts';
import type { HeaderField } from '../../../../src/server/http2/hpack/encoder.ts';
import { encodeBlock } from '../../../../src/server/http2/hpack/encoder.ts';

test('whole fields and names of the static table are sent as indices', () => {
  expect(Buffer.from(encodeBlock([[':status', '200']])).toString('hex')).toBe('88');
  expect(Buffer.from(encodeBlock([['content-type', 'a']])).toString('hex')).toBe('0f100161');
  expect(Buffer.from(encodeBlock([['x', 'y']])).toString('hex')).toBe('0001780179');
});

test('what is encoded is decoded again, whatever its length', () => {
  const field = fc.tuple(
    fc.oneof(fc.constantFrom(':status', 'te', 'date'), fc.stringMatching(/^[a-z-]{1,300}$/)),
    fc.stringMatching(/^[ -~]{0,300}$/),
  );
  fc.assert(
    fc.property(fc.array(field), (fields: readonly HeaderField[]) => {
      const decoded: HeaderField[] = [];
      const decoder = createHpackDecoder({
        maxTableBytes: 0,
        onField: ({ name, value }) => void decoded.push([name, value]),
      });
      expect(decoder.decode(encodeBlock(fields))).toBeUndefined();
      expect(decoded).toEqual(fields);
    }),
  );
});
