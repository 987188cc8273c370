import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createCounts } from '../../src/telemetry/counts.ts';
import { seriesOf } from './series.ts';

function create() {
  const registry = new Registry();
  const counts = createCounts(registry, { name: 'total', help: 'All', labelNames: ['a', 'b'] });
  return { counts, series: () => seriesOf(registry, 'total') };
}

test('there is one count per set of values, and the page has what it came to', async () => {
  const { counts, series } = create();
  expect(await series()).toEqual([]);
  counts.of('x', 'y').value += 1;
  counts.of('x', 'y').value += 2;
  counts.of('xy', '').value += 1;
  expect(counts.of('x', 'y')).toBe(counts.of('x', 'y'));
  const told = ['{a="x",b="y"} 3', '{a="xy",b=""} 1'];
  expect(await series()).toEqual(told);
  expect(await series()).toEqual(told);
});

test('one label is enough', async () => {
  const registry = new Registry();
  const counts = createCounts(registry, { name: 'total', help: 'All', labelNames: ['a'] });
  counts.of('x').value += 1;
  expect(await seriesOf(registry, 'total')).toEqual(['{a="x"} 1']);
});

test('a count that was removed begins at 0', async () => {
  const { counts, series } = create();
  for (const other of ['y', 'z']) counts.of('x', other).value += 5;
  counts.remove('x', 'y');
  expect(await series()).toEqual(['{a="x",b="z"} 5']);
  counts.of('x', 'y').value += 1;
  expect(await series()).toEqual(['{a="x",b="z"} 5', '{a="x",b="y"} 1']);
});
