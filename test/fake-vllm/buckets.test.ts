import { expect, test } from 'vitest';
import { bucketsOf } from '../../src/fake-vllm/buckets.ts';

test('token counts go up in steps of 1, 2 and 5 to the longest context', () => {
  expect(bucketsOf('v1', 1024).tokens).toEqual([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]);
  expect(bucketsOf('v0', 2).tokens).toEqual([1, 2]);
});

test('V1 goes on where V0 ends', () => {
  const [v0, v1] = [bucketsOf('v0', 1), bucketsOf('v1', 1)];
  expect([v0.firstToken.at(0), v0.firstToken.at(-1), v1.firstToken.at(-1)]).toEqual([0.001, 10, 2560]);
  expect([v0.token.at(0), v0.token.at(-1), v1.token.at(-1)]).toEqual([0.01, 2.5, 80]);
  expect([v0.latency.at(0), v0.latency.at(-1), v1.latency.at(-1)]).toEqual([0.3, 60, 7680]);
});
