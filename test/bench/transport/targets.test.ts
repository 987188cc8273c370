import { expect, test } from 'vitest';
import type { Row } from '../../../bench/transport/samples.ts';
import { targetRows } from '../../../bench/transport/targets.ts';

const KIB = 1024;

function row(bodyBytes: number, ofFloor: number | null, rest: Partial<Row> = {}): Row {
  return {
    part: 'envoy',
    bodyBytes,
    server: 'serin-native',
    rounds: 1,
    requests: 1,
    failed: 0,
    cpuUsPerRequest: 50,
    ofFloor,
    requestsPerSecond: 1,
    p50Ms: 1,
    p99Ms: 1,
    ...rest,
  };
}

test('Serin on its own transport behind Envoy may cost 0.6, 0.5, 0.7 and 0.7 of the floor', () => {
  const rows = [row(KIB, 0.6), row(16 * KIB, 0.51), row(256 * KIB, 0.7), row(KIB * KIB, 0.8)];
  expect(targetRows(rows)).toEqual([
    { bodyBytes: KIB, cpuUsPerRequest: 50, atMost: 0.6, ofFloor: 0.6, holds: true },
    { bodyBytes: 16 * KIB, cpuUsPerRequest: 50, atMost: 0.5, ofFloor: 0.51, holds: false },
    { bodyBytes: 256 * KIB, cpuUsPerRequest: 50, atMost: 0.7, ofFloor: 0.7, holds: true },
    { bodyBytes: KIB * KIB, cpuUsPerRequest: 50, atMost: 0.7, ofFloor: 0.8, holds: false },
  ]);
});

test('nothing else has a target', () => {
  expect(
    targetRows([row(KIB, 0.1, { part: 'direct' }), row(KIB, 1, { server: 'floor' }), row(KIB, null)]),
  ).toEqual([]);
});
