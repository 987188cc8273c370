import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextRing } from '../../src/state/text-ring.ts';

test('holds the newest texts, no more than its capacity', () => {
  const ring = createTextRing({ capacity: 3, bytes: 1000 });
  expect([...ring.newestFirst()]).toEqual([]);
  for (const text of ['a', 'bb', '', 'ü€']) ring.put(text);
  expect([...ring.newestFirst()]).toEqual(['ü€', '', 'bb']);
});

test('keeps no text that has no room at all, and without capacity none', () => {
  const ring = createTextRing({ capacity: 3, bytes: 4 });
  ring.put('abc');
  ring.put('abcde');
  expect([...ring.newestFirst()]).toEqual(['abc']);
  const none = createTextRing({ capacity: 0, bytes: 100 });
  none.put('a');
  expect([...none.newestFirst()]).toEqual([]);
});

test('never mixes texts up, and loses none that has room', () => {
  const BYTES = 64;
  const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 80 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 12 }), (all, capacity) => {
      const ring = createTextRing({ capacity, bytes: BYTES });
      const put: string[] = [];
      for (const text of all.filter((each) => Buffer.byteLength(each) <= BYTES)) {
        ring.put(text);
        put.unshift(text);
        const held = [...ring.newestFirst()];
        expect(held).toEqual(put.slice(0, held.length));
        const dropped = put[held.length];
        if (dropped === undefined || held.length === capacity) continue;
        // At the end of the buffer there may be a rest that was too short for a text.
        const longest = Math.max(...put.map((each) => Buffer.byteLength(each)));
        expect(Buffer.byteLength([...held, dropped].join(''))).toBeGreaterThan(BYTES - 2 * longest);
      }
    }),
  );
});
