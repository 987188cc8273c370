import { describe, expect, test } from 'vitest';
import { poolKey } from '../../src/core/names.ts';
import { buildPickers, lookupPicker } from '../../src/core/pickers.ts';
import { pool } from './objects.ts';

const A = poolKey('llm', 'a');

describe('the pool of a Service', () => {
  const pickers = buildPickers([
    pool('a', { namespace: 'llm', picker: 'serin-a' }),
    pool('b', { namespace: 'llm', picker: 'serin-b' }),
    pool('c', { namespace: 'llm' }),
  ]);

  test.each([
    'serin-a.llm',
    'serin-a.llm:9002',
    'serin-a.llm.svc',
    'serin-a.llm.svc.cluster.local:9002',
    'Serin-A.llm.svc.corp.example',
    'outbound|9002||serin-a.llm.svc.cluster.local',
    'outbound_.9002_|x|serin-a.llm.svc.cluster.local:9002',
  ])('is found by %s', (authority) => {
    expect(lookupPicker(pickers, authority)).toBe(A);
  });

  test.each([
    '',
    'serin-a',
    'serin-a:9002',
    'serin',
    'serin-a.other',
    'serin-a.llm2',
    '10.0.0.1:9002',
    '[fd00::1]:9002',
    'a.llm',
    '|',
  ])('is not found by %j', (authority) => {
    expect(lookupPicker(pickers, authority)).toBe(undefined);
  });
});

test('a Service of several pools tells none of them, and one name in two namespaces tells two', () => {
  const pickers = buildPickers([
    pool('a', { namespace: 'llm', picker: 'shared' }),
    pool('b', { namespace: 'llm', picker: 'shared' }),
    pool('c', { namespace: 'x', picker: 'serin' }),
    pool('d', { namespace: 'y', picker: 'serin' }),
  ]);
  expect(lookupPicker(pickers, 'shared.llm')).toBe(undefined);
  expect(lookupPicker(pickers, 'serin')).toBe(undefined);
  expect(lookupPicker(pickers, 'serin.x')).toBe(poolKey('x', 'c'));
  expect(lookupPicker(pickers, 'serin.y')).toBe(poolKey('y', 'd'));
});
