import { describe, expect, test } from 'vitest';
import { findPool, type StreamOrigin } from '../../src/core/find-pool.ts';
import { poolKey } from '../../src/core/names.ts';
import type { PolicyObject } from '../../src/core/policy.ts';
import { pool, route } from './objects.ts';
import { snapshotOf } from './pods.ts';

const NOWHERE: StreamOrigin = { pool: undefined, authority: undefined };
const POOLS = [
  pool('a', { namespace: 'llm', picker: 'serin-a' }),
  pool('b', { namespace: 'llm', picker: 'serin-b' }),
  pool('b', { namespace: 'other' }),
  pool('c', { namespace: 'other' }),
];
const ROUTES = [route('r', 'c.com', poolKey('other', 'c')), route('s', 'gone.com', poolKey('other', 'gone'))];

/** The key of the pool that is found, or why there is none. */
function where(
  origin: Partial<StreamOrigin>,
  host: string,
  { pools = POOLS, routes = ROUTES }: { pools?: PolicyObject[]; routes?: PolicyObject[] } = {},
) {
  const found = findPool(host, { ...NOWHERE, ...origin }, snapshotOf(0, routes, pools));
  return 'key' in found ? found.key : [found.reason, found.message];
}

describe('the pool of a stream is', () => {
  test('the one that its metadata names, whatever else would name another', () => {
    const authority = 'serin-a.llm:9002';
    expect(where({ pool: 'llm/b', authority }, 'c.com')).toBe('llm/b');
    expect(where({ pool: 'c', authority }, 'c.com')).toBe('other/c');
  });

  test('no other than the one that its metadata names', () => {
    const authority = 'serin-a.llm:9002';
    expect(where({ pool: 'llm/x', authority }, 'c.com')).toEqual([
      'no_endpoint',
      'the InferencePool "llm/x" is not loaded',
    ]);
    expect(where({ pool: 'b', authority }, 'c.com')).toEqual([
      'pool_ambiguous',
      'several pools are called "b": name its namespace too',
    ]);
  });

  test('else the one whose Service the stream was sent to, whatever the request’s host', () => {
    expect(where({ authority: 'serin-a.llm.svc.cluster.local:9002' }, 'c.com')).toBe('llm/a');
    expect(where({ authority: 'serin-b.llm:9002' }, 'nowhere.com', { routes: [] })).toBe('llm/b');
  });

  test('else the one that an LLMRoute gives to the host', () => {
    expect(where({ authority: 'serin.llm:9002' }, 'c.com:80')).toBe('other/c');
    expect(where({}, 'gone.com')).toEqual(['no_endpoint', 'the InferencePool other/gone is not loaded']);
    expect(where({}, 'nowhere.com')).toEqual(['unknown_host', 'no LLMRoute serves the host "nowhere.com"']);
  });

  test('else the only one, and none of several', () => {
    expect(where({ authority: 'x' }, 'c.com', { pools: POOLS.slice(0, 1), routes: [] })).toBe('llm/a');
    expect(where({ authority: 'x' }, 'c.com', { routes: [] })).toEqual([
      'pool_ambiguous',
      'several pools are loaded: name one with --pool-name or an LLMRoute',
    ]);
  });
});
