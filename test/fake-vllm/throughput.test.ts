import { expect, test } from 'vitest';
import { createThroughput } from '../../src/fake-vllm/throughput.ts';

test('tells the mean of the last window of 5 s, and 0 before the first is over', () => {
  let nowMs = 0;
  const throughput = createThroughput(() => nowMs);
  throughput.add(100);
  nowMs = 4999;
  expect(throughput.perSecond()).toBe(0);
  nowMs = 5000;
  expect(throughput.perSecond()).toBe(20);
  nowMs = 9999;
  expect(throughput.perSecond()).toBe(20);
  nowMs = 10_000;
  expect(throughput.perSecond()).toBe(0);
});
