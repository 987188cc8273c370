import { describe, expect, test } from 'vitest';
import { readyMember } from '../../../src/sources/kubernetes/pod.ts';

const READY = [
  { type: 'PodScheduled', status: 'True' },
  { type: 'Ready', status: 'True' },
];
const METADATA = { name: 'p-1', namespace: 'llm', labels: { app: 'vllm' } };
const MEMBER = {
  name: 'p-1',
  ip: '10.0.0.1',
  port: undefined,
  labels: new Map([['app', 'vllm']]),
  namespace: 'llm',
};

describe('a Pod is a member', () => {
  test('once it is ready, at its primary address', () => {
    const podIPs = [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }];
    const status = { phase: 'Running', podIP: '10.0.0.1', podIPs, conditions: READY };
    expect(readyMember({ metadata: METADATA, status })).toEqual(MEMBER);
  });

  test('of IPv6 in canonical form, also without labels', () => {
    const { labels: _, ...metadata } = METADATA;
    const status = { podIP: 'FD00:0:0::0001', conditions: READY };
    expect(readyMember({ metadata, status })).toEqual({ ...MEMBER, ip: 'fd00::1', labels: new Map() });
  });
});

describe('a Pod is no member', () => {
  const status = { podIP: '10.0.0.1', conditions: READY };
  test.each([
    ['before it has a status', { metadata: METADATA }],
    ['without an address', { metadata: METADATA, status: { conditions: READY } }],
    ['without conditions', { metadata: METADATA, status: { podIP: '10.0.0.1' } }],
    [
      'while it is not ready',
      { metadata: METADATA, status: { ...status, conditions: [{ type: 'Ready', status: 'False' }] } },
    ],
    [
      'while nobody knows whether it is ready, as on a lost node',
      { metadata: METADATA, status: { ...status, conditions: [{ type: 'Ready', status: 'Unknown' }] } },
    ],
    [
      'while it terminates, though it is still ready',
      { metadata: { ...METADATA, deletionTimestamp: '2026-01-31T12:00:00Z' }, status },
    ],
    ['if it is none', { metadata: { name: 7 } }],
    ['if it is nothing', null],
  ])('%s', (_, value) => {
    expect(readyMember(value)).toBe(undefined);
  });
});
