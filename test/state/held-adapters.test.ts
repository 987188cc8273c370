import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHeldAdapters } from '../../src/state/held-adapters.ts';

test('holds what a plain list of uses would: the last ones in slots, three times as many more in memory', () => {
  const names = fc.array(fc.nat(30), { maxLength: 200 });
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 5 }), (all, slots) => {
      const held = createHeldAdapters();
      const residents: string[] = [];
      const cached: string[] = [];
      for (const adapter of all.map(String)) {
        const moved = held.use(adapter, slots);
        const before = [...residents, ...cached];
        for (const list of [residents, cached])
          if (list.includes(adapter)) list.splice(list.indexOf(adapter), 1);
        residents.push(adapter);
        const evicted = residents.splice(0, Math.max(0, residents.length - slots));
        cached.push(...evicted);
        const forgotten = cached.splice(0, Math.max(0, cached.length - 3 * slots));
        expect([...held.residents].sort()).toEqual(residents.toSorted());
        expect([...held.cached]).toEqual(cached);
        expect(moved).toEqual([...evicted, ...forgotten]);
        expect(before.filter((each) => !held.residents.has(each) && !held.cached.has(each))).toEqual(
          forgotten,
        );
      }
      expect(held.clear().toSorted()).toEqual([...residents, ...cached].sort());
      expect([held.residents.size, held.cached.size]).toEqual([0, 0]);
    }),
  );
});
