import { describe, expect, test } from 'vitest';
import { compileEndpoints } from '../../src/core/compile-endpoints.ts';
import type { Member } from '../../src/core/members.ts';
import type { PoolObject } from '../../src/core/policy.ts';
import { createSlots } from '../../src/state/slots.ts';
import { member, pool } from './objects.ts';

const LABELS = new Map([
  ['app', 'vllm'],
  ['tier', 'gpu'],
]);

function endpoints(members: readonly Member[], object: PoolObject = pool('vllm'), isDefault = true) {
  const { slotOf } = createSlots();
  return compileEndpoints({ pool: object, members, isDefault, slotOf });
}

const addresses = (...given: Parameters<typeof endpoints>) =>
  endpoints(...given).map(({ address }) => address);

describe('compileEndpoints', () => {
  test('gives a member without a port one endpoint per port of the pool', () => {
    expect(endpoints([member('10.0.0.1')], pool('vllm', { ports: [8000, 8001] }))).toEqual([
      { slot: 0, address: '10.0.0.1:8000', name: 'pod-10.0.0.1' },
      { slot: 1, address: '10.0.0.1:8001', name: 'pod-10.0.0.1' },
    ]);
  });

  test("lets a member's own port win over the pool's", () => {
    expect(addresses([member('10.0.0.1', { port: 9000 })])).toEqual(['10.0.0.1:9000']);
  });

  test('puts IPv6 into brackets', () => {
    expect(addresses([member('fd00::1')])).toEqual(['[fd00::1]:8000']);
  });

  test('has members without labels join the default pool alone', () => {
    expect(addresses([member('10.0.0.1')], pool('vllm'), true)).toEqual(['10.0.0.1:8000']);
    expect(addresses([member('10.0.0.1')], pool('vllm'), false)).toEqual([]);
  });

  test('has members with labels join the pools whose selector matches, default or not', () => {
    const labelled = [member('10.0.0.1', { labels: LABELS })];
    const wants = (selector: Readonly<Record<string, string>>) =>
      pool('vllm', { selector: new Map(Object.entries(selector)) });
    expect(addresses(labelled, wants({ app: 'vllm' }), false)).toEqual(['10.0.0.1:8000']);
    expect(addresses(labelled, wants({ app: 'vllm', tier: 'gpu' }), false)).toEqual(['10.0.0.1:8000']);
    expect(addresses(labelled, wants({ app: 'vllm', tier: 'cpu' }))).toEqual([]);
    expect(addresses(labelled, wants({ app: 'vllm', zone: 'a' }))).toEqual([]);
    expect(addresses([member('10.0.0.1', { labels: new Map() })], wants({ app: 'vllm' }))).toEqual([]);
  });

  test('makes one endpoint of an address that is given twice, with its first name', () => {
    const twice = [member('10.0.0.1', { name: 'first' }), member('10.0.0.1', { name: 'second', port: 8000 })];
    expect(endpoints(twice)).toEqual([{ slot: 0, address: '10.0.0.1:8000', name: 'first' }]);
  });
});
