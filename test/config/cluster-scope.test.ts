import { describe, expect, test } from 'vitest';
import { clusterScope } from '../../src/config/cluster-scope.ts';
import { parseConfig } from '../../src/config/config.ts';

/** The scope of flags, or their problems. */
function scopeOf(...argv: readonly string[]) {
  const parsed = parseConfig(argv, {});
  return parsed.kind === 'ok' ? clusterScope(parsed.config) : parsed.problems;
}

describe('the pods come', () => {
  test('from the cluster of one pool if only its name is given', () => {
    expect(scopeOf('--pool-name=p', '--pool-namespace=llm')).toEqual({
      kind: 'pool',
      namespace: 'llm',
      name: 'p',
    });
  });

  test('from no cluster if endpoints are named: the pool’s name is then no more than that', () => {
    expect(scopeOf('--pool-name=p', '--endpoints=10.0.0.1:8000')).toBe(undefined);
  });

  test('from all pools, of some namespaces or of all', () => {
    expect(scopeOf('--all-pools')).toEqual({ kind: 'all', namespaces: [] });
    expect(scopeOf('--all-pools', '--namespaces=a,b', '--namespaces', 'c,a')).toEqual({
      kind: 'all',
      namespaces: ['a', 'b', 'c'],
    });
  });

  test('from a selector, with or without a name for its pool', () => {
    const selector = ['--endpoint-selector', 'app=vllm,tier in (a,b)', '--endpoint-target-ports=8000,8001'];
    const scope = {
      kind: 'selector',
      namespace: 'default',
      labelSelector: 'app=vllm,tier in (a,b)',
      ports: [8000, 8001],
    };
    expect(scopeOf(...selector)).toEqual(scope);
    expect(scopeOf(...selector, '--pool-name=p')).toEqual(scope);
  });
});

describe('flags that do not go together are problems', () => {
  test.each([
    [
      ['--all-pools', '--endpoints=10.0.0.1:8000'],
      'pods come from --endpoints… or from a cluster, not from both',
    ],
    [['--all-pools', '--pool-name=p'], '--all-pools: goes without --pool-name'],
    [
      ['--all-pools', '--endpoint-selector=a=b', '--endpoint-target-ports=80'],
      '--endpoint-selector: stands for a pool, so it goes without --all-pools',
    ],
    [['--pool-name=p', '--namespaces=a'], '--namespaces: needs --all-pools'],
    [['--endpoint-selector=a=b'], '--endpoint-selector and --endpoint-target-ports: need each other'],
    [
      ['--pool-name=p', '--endpoint-target-ports=80'],
      '--endpoint-selector and --endpoint-target-ports: need each other',
    ],
    [
      ['--write-status', '--endpoints=10.0.0.1:8000'],
      '--write-status: needs the objects of a cluster, so it goes without --endpoints…',
    ],
  ])('%j', (argv, problem) => {
    expect(scopeOf(...argv)).toEqual([problem]);
  });
});
