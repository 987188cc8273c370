import { expect, test } from 'vitest';
import { nearest } from '../../src/config/nearest.ts';

const NAMES = ['grpc-port', 'grpc-health-port', 'metrics-port', 'v'];

test('the candidate with the fewest edits is meant, if it is close', () => {
  expect(
    ['grpc-prot', 'grpc-helth-port', 'metric-port', 'frobnicate'].map((word) => nearest(word, NAMES)),
  ).toEqual(['grpc-port', 'grpc-health-port', 'metrics-port', undefined]);
});

test('nothing is near where there is nothing', () => {
  expect(nearest('grpc-port', [])).toBeUndefined();
});
