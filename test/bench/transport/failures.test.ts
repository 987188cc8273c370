import { expect, test } from 'vitest';
import { failureLines } from '../../../bench/transport/failures.ts';
import type { Sample } from '../../../bench/transport/samples.ts';

const SAMPLE: Sample = {
  part: 'direct',
  bodyBytes: 1024,
  round: 0,
  server: 'floor',
  requests: 10,
  failures: {},
  cpuUsPerRequest: 1,
  requestsPerSecond: 1,
  p50Ms: 1,
  p99Ms: 1,
};

test('no request failed, so nothing is said', () => {
  expect(failureLines([SAMPLE], [{ server: 'floor', failed: 0 }])).toEqual([]);
});

test('each reason is said with its server, part and size', () => {
  const failed: Sample = { ...SAMPLE, server: 'grpc-js', failures: { 'RST_STREAM 8': 2, 'timed out': 1 } };
  expect(failureLines([SAMPLE, failed], [{ server: 'floor', failed: 3 }])).toEqual([
    'grpc-js, direct, 1 KiB: 2 requests failed: RST_STREAM 8',
    'grpc-js, direct, 1 KiB: 1 requests failed: timed out',
    'floor, memory: 3 requests failed',
  ]);
});
