import { expect, test } from 'vitest';
import { bestEndpoints } from '../../src/core/best-endpoints.ts';
import { explainPick } from '../../src/core/explain-pick.ts';
import { targetName } from '../../src/core/names.ts';
import { loadView, OPTIONS, poolOf } from './pods.ts';
import { noRandom, seededRandom } from './seeded-random.ts';

test('the best come first, in the order of the pool where they are alike, and no candidates last', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 200; round += 1) {
    const pods = Array.from({ length: 12 }, () => ({
      running: Math.floor(random() * 4),
      freshness: random() < 0.3 ? ('dead' as const) : ('fresh' as const),
      ...(random() < 0.5 ? { maxLoras: 1, inFlight: ['sql-lora'] } : {}),
    }));
    const input = {
      ...{ pool: poolOf(12), target: targetName('sql-lora'), subset: undefined, sheddable: false },
      ...{ load: loadView(...pods), random: noRandom, options: OPTIONS },
    };
    const totalOf = (each: ReturnType<typeof explainPick>[number]) =>
      each.kind === 'candidate' ? each.score.total : Number.MAX_VALUE;
    const sorted = explainPick(input).toSorted((one, other) => totalOf(one) - totalOf(other));
    const expected = sorted.map(({ endpoint }) => endpoint);
    for (const most of [1, 5, 11, 12, Number.POSITIVE_INFINITY]) {
      expect(bestEndpoints(input, most)).toEqual(expected.slice(0, most));
    }
    expect(bestEndpoints(input, 0)).toEqual([]);
  }
});
