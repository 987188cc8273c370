import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStream } from '../../../src/server/http2/stream.ts';
import type { StreamTable } from '../../../src/server/http2/stream-table.ts';
import { createStreamTable } from '../../../src/server/http2/stream-table.ts';

const WINDOWS = { send: 0, receive: 0 };
const LARGEST_ID = 0x7fff_ffff;

/** Opens or closes a stream in both, unless it is open or closed. */
function take(
  table: StreamTable<never>,
  map: Map<number, unknown>,
  { id, open }: { readonly id: number; readonly open: boolean },
): void {
  if (!open) return expect(table.delete(id)).toBe(map.delete(id));
  if (map.has(id)) return;
  const stream = createStream<never>(id, WINDOWS);
  table.add(stream);
  map.set(id, stream);
}

describe('the table of open streams', () => {
  test('holds what a Map would, whatever comes and goes', () => {
    // Few ids far apart and close together, so that they meet in the same slots.
    const id = fc.oneof(
      fc.nat(40).map((at) => 2 * at + 1),
      fc.nat(20).map((at) => 64 * at + 1),
      fc.constant(LARGEST_ID),
    );
    const step = fc.record({ id, open: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const table = createStreamTable<never>();
        const map = new Map<number, unknown>();
        for (const each of steps) {
          take(table, map, each);
          expect(table.get(each.id)).toBe(map.get(each.id));
        }
        expect(table.size).toBe(map.size);
        expect(new Set(table.values())).toEqual(new Set(map.values()));
        for (const [known, stream] of map) expect(table.get(known)).toBe(stream);
      }),
    );
  });

  test('takes very many and lets go of all of them', () => {
    const table = createStreamTable<never>();
    for (let id = 1; id < 100_000; id += 2) table.add(createStream<never>(id, WINDOWS));
    expect([table.size, table.get(77_777)?.id]).toEqual([50_000, 77_777]);
    for (let id = 1; id < 100_000; id += 2) table.delete(id);
    expect([table.size, table.values()]).toEqual([0, []]);
  });
});
