import { expect, test } from 'vitest';
import { createLatencies } from '../../../bench/load/latencies.ts';

test('quantiles are right to one percent', () => {
  const latencies = createLatencies();
  for (let at = 1; at <= 10_000; at += 1) latencies.add(at / 100);
  const within = (value: number, wanted: number) => Math.abs(value / wanted - 1) < 0.01;
  expect([0.5, 0.9, 0.99, 1].map((part) => within(latencies.quantile(part), part * 100))).toEqual(
    Array(4).fill(true),
  );
});

test('of nothing they are 0', () => {
  expect(createLatencies().quantile(0.5)).toBe(0);
});
