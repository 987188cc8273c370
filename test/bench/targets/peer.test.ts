import { expect, test } from 'vitest';
import { peerRows, peerTable } from '../../../bench/targets/peer.ts';
import type { Row } from '../../../bench/transport/samples.ts';

function row(server: Row['server'], bodyBytes: number, cpuUsPerRequest: number): Row {
  const rest = { rounds: 1, requests: 1, failed: 0, ofFloor: 1, requestsPerSecond: 1, p50Ms: 1, p99Ms: 1 };
  return { part: 'envoy', server, bodyBytes, cpuUsPerRequest, ...rest };
}

test('a peer stands beside Serin and the floor, by the size of bodies', () => {
  const rows = peerRows([
    row('floor', 1024, 50),
    row('serin-native', 1024, 25),
    row('peer', 1024, 250),
    row('floor', 16_384, 100),
    row('serin-native', 16_384, 40),
    row('peer', 16_384, 400),
  ]);
  expect(rows).toEqual([
    { bodyBytes: 1024, floorUs: 50, serinUs: 25, peerUs: 250 },
    { bodyBytes: 16_384, floorUs: 100, serinUs: 40, peerUs: 400 },
  ]);
  expect(
    peerTable(rows)
      .split('\n')
      .slice(4)
      .map((line) => line.replaceAll(/\s+/g, ' ')),
  ).toEqual([
    '| 1 KiB | 50.0 | 25.0 | 250 | 0.50 | 5.00 | 10.0 |',
    '| 16 KiB | 100 | 40.0 | 400 | 0.40 | 4.00 | 10.0 |',
  ]);
});
