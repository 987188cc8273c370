import { describe, expect, test } from 'vitest';
import { poolKey } from '../../../../src/core/names.ts';
import type { Observed } from '../../../../src/sources/kubernetes/observed.ts';
import { POLICY_KINDS } from '../../../../src/sources/kubernetes/resource.ts';
import { isOwnPool, subjectsOf } from '../../../../src/sources/kubernetes/status/subject.ts';
import { invalid, model, objective, POOL, pool } from '../../../core/objects.ts';

const OBSERVED: Observed = {
  ...{ apiVersion: 'g/v1', kind: 'K', namespace: 'default', name: 'm', uid: 'u', resourceVersion: '1' },
  ...{ generation: 1, conditions: [] },
};

const policyOf = (good: Parameters<typeof subjectsOf>[1][number]['policy']['good']) => ({
  ...{ good, fallback: undefined, problems: [] },
});

describe('conditions are written about', () => {
  test('models and rewrites, and no other kind', () => {
    const entries = [{ observed: OBSERVED, policy: policyOf(model('m', 'lora')) }];
    const kinds = POLICY_KINDS.filter((kind) => subjectsOf(kind, entries).length > 0);
    expect(kinds.map(({ group, kind }) => `${kind} ${group}`)).toEqual([
      'InferenceModel inference.networking.x-k8s.io',
      'InferenceModelRewrite llm-d.ai',
      'InferenceModelRewrite inference.networking.x-k8s.io',
    ]);
  });

  test('those that name a pool, valid or not', () => {
    const [kind] = POLICY_KINDS;
    if (kind === undefined) throw new Error('no kind');
    const broken = { good: undefined, fallback: invalid('m', ['lora']), problems: [] };
    const entries = [
      { observed: OBSERVED, policy: broken },
      { observed: OBSERVED, policy: policyOf(undefined) },
      { observed: OBSERVED, policy: policyOf(pool('p')) },
      { observed: undefined, policy: policyOf(objective('o', 1)) },
    ];
    expect(subjectsOf(kind, entries)).toEqual([
      { observed: OBSERVED, policy: broken, plural: 'inferencemodels', pool: POOL },
    ]);
  });
});

describe('a process writes about', () => {
  const served = new Set([POOL]);
  const other = poolKey('default', 'other');

  test('the objects of its one pool, since those of others have a Serin of their own', () => {
    const isOwn = isOwnPool({ kind: 'pool', namespace: 'default', name: 'pool' }, new Set());
    expect([isOwn(POOL), isOwn(other)]).toEqual([true, false]);
  });

  test('the objects of every pool, and of pools that are not there', () => {
    const isOwn = isOwnPool({ kind: 'all', namespaces: [] }, served);
    expect([isOwn(POOL), isOwn(other)]).toEqual([true, true]);
  });

  test('with a selector, the objects of the pool that it stands for', () => {
    const scope = { kind: 'selector', namespace: 'default', labelSelector: 'a=b', ports: [80] } as const;
    expect([isOwnPool(scope, served)(POOL), isOwnPool(scope, served)(other)]).toEqual([true, false]);
  });
});
