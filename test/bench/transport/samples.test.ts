import { expect, test } from 'vitest';
import type { ServerName } from '../../../bench/servers/kinds.ts';
import { addCounts, rowsOf, type Sample } from '../../../bench/transport/samples.ts';

function sample(
  server: ServerName,
  round: number,
  cpuUsPerRequest: number,
  rest: Partial<Sample> = {},
): Sample {
  return {
    round,
    part: 'direct',
    bodyBytes: 1024,
    server,
    requests: 10,
    failures: {},
    cpuUsPerRequest,
    requestsPerSecond: 1000 * cpuUsPerRequest,
    p50Ms: 2 * cpuUsPerRequest,
    p99Ms: 3 * cpuUsPerRequest,
    ...rest,
  };
}

test('a row is the median of the rounds, all requests and failures, and the median ratio to the floor of the same round', () => {
  const rows = rowsOf([
    sample('floor', 0, 1),
    sample('grpc-js', 0, 8, { failures: { reset: 2, late: 1 } }),
    sample('floor', 1, 100),
    sample('grpc-js', 1, 7),
    sample('floor', 2, 2),
    sample('grpc-js', 2, 10),
    sample('floor', 0, 5, { bodyBytes: 2048 }),
    sample('grpc-js', 0, 5, { part: 'envoy' }),
  ]);
  const row = { part: 'direct', bodyBytes: 1024, rounds: 3, requests: 30, failed: 0 };
  expect(rows).toEqual([
    { ...row, server: 'floor', cpuUsPerRequest: 2, ofFloor: 1, requestsPerSecond: 2000, p50Ms: 4, p99Ms: 6 },
    {
      ...row,
      server: 'grpc-js',
      failed: 3,
      cpuUsPerRequest: 8,
      ofFloor: 5,
      requestsPerSecond: 8000,
      p50Ms: 16,
      p99Ms: 24,
    },
    {
      ...row,
      server: 'floor',
      bodyBytes: 2048,
      rounds: 1,
      requests: 10,
      cpuUsPerRequest: 5,
      ofFloor: 1,
      requestsPerSecond: 5000,
      p50Ms: 10,
      p99Ms: 15,
    },
    {
      ...row,
      part: 'envoy',
      server: 'grpc-js',
      rounds: 1,
      requests: 10,
      cpuUsPerRequest: 5,
      ofFloor: null,
      requestsPerSecond: 5000,
      p50Ms: 10,
      p99Ms: 15,
    },
  ]);
});

test('counts are added up key by key', () => {
  expect(addCounts({ a: 1, b: 2 }, { b: 3, c: 4 })).toEqual({ a: 1, b: 5, c: 4 });
});
