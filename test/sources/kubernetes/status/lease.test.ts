import { expect, test } from 'vitest';
import type { Scope } from '../../../../src/sources/kubernetes/scope.ts';
import { leaseNameOf, readLease } from '../../../../src/sources/kubernetes/status/lease.ts';

const SELECTOR = { kind: 'selector', namespace: 'llm', labelSelector: 'app=vllm', ports: [8000] } as const;
const all = (...namespaces: readonly string[]): Scope => ({ kind: 'all', namespaces });
const pool = (name: string): Scope => ({ kind: 'pool', namespace: 'llm', name });

test('replicas of one scope agree on the name of their lease, and those of another scope have another one', () => {
  expect(leaseNameOf(pool('llama'))).toBe('serin-status-llama');
  expect(leaseNameOf(all())).toBe('serin-status');
  expect(leaseNameOf(all('a', 'b'))).toBe(leaseNameOf(all('b', 'a')));
  expect(leaseNameOf(SELECTOR)).toBe(leaseNameOf({ ...SELECTOR }));
  const scopes = [all('a', 'b'), all('a'), SELECTOR, { ...SELECTOR, labelSelector: 'app=other' }];
  expect(new Set(scopes.map(leaseNameOf)).size).toBe(4);
  for (const scope of scopes) expect(leaseNameOf(scope)).toMatch(/^serin-status-[0-9a-f]{8}$/);
});

test('the longest name of a pool still makes a name that the server takes', () => {
  expect(leaseNameOf(pool('p'.repeat(253)))).toMatch(/^serin-status-[0-9a-f]{8}$/);
});

test('a lease without a spec, or with empty fields, is nobody’s', () => {
  const metadata = { resourceVersion: '7' };
  const nobody = { durationMs: 0, transitions: 0, holder: '' };
  expect(readLease({ metadata })).toEqual({ resourceVersion: '7', ...nobody });
  expect(readLease({ metadata, spec: { holderIdentity: null } })).toEqual({
    resourceVersion: '7',
    ...nobody,
  });
  expect(readLease({ spec: {} })).toBe(undefined);
  expect(readLease('no')).toBe(undefined);
});
