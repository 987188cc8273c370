import { expect, test } from 'vitest';
import { checkDestination } from '../../src/doctor/check-destination.ts';
import type { Destination } from '../../src/doctor/envoy-clusters.ts';
import { cluster } from './envoy.ts';

function said(destination: Destination | undefined, fallbackEndpoints = 0) {
  const clusters = [cluster(), cluster({ name: 'vllm', destination })];
  return checkDestination(clusters, fallbackEndpoints).map(({ kind, message }) => `${kind}: ${message}`);
}

const HEADER = 'x-gateway-destination-endpoint';

test('some cluster has to go where Serin says', () => {
  expect(said({ kind: 'original-dst', header: HEADER })).toEqual([
    'ok: the cluster vllm goes where Serin says (ORIGINAL_DST)',
  ]);
  expect(said({ kind: 'override-host' }, 2)).toEqual([
    'ok: the cluster vllm goes where Serin says (override_host)',
  ]);
  expect(said(undefined)).toEqual(['fault: no cluster of Envoy goes to the pod that Serin picks']);
});

test('ORIGINAL_DST reads one address, from the header that Serin sets', () => {
  expect(said({ kind: 'original-dst', header: 'target-pod' })).toEqual([
    'fault: the cluster vllm reads its destination from target-pod',
  ]);
  expect(said({ kind: 'original-dst', header: HEADER }, 1)).toEqual([
    'fault: the cluster vllm (ORIGINAL_DST) takes one address, and --fallback-endpoints makes it a list',
  ]);
});
