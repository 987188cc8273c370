import { expect, test } from 'vitest';
import { checkRights, type RightAnswer, type RightFact } from '../../src/doctor/check-rights.ts';

function right(
  plural: string,
  verb: 'list' | 'watch',
  answer: RightAnswer['kind'],
  namespace: string | undefined = 'llm',
): RightFact {
  const problem = '403: no';
  const told: RightAnswer = answer === 'unknown' ? { kind: answer, problem } : { kind: answer };
  return { group: plural === 'pods' ? '' : 'g', plural, verb, namespace, answer: told };
}

test('all rights are one line', () => {
  const all = [
    right('pods', 'list', 'allowed'),
    right('pods', 'watch', 'allowed'),
    right('ms', 'list', 'allowed'),
  ];
  expect(checkRights('serin', all)).toEqual([
    { kind: 'ok', check: 'RBAC', message: 'serin may list and watch all 2 resources in the namespace llm' },
  ]);
});

test('a missing verb is a fault with the rule that grants it, in a Role or a ClusterRole', () => {
  const facts = [
    right('ms', 'list', 'allowed'),
    right('ms', 'watch', 'denied'),
    right('pods', 'list', 'allowed'),
  ];
  expect(checkRights('serin', facts)).toEqual([
    {
      kind: 'fault',
      check: 'RBAC',
      message: 'serin may not watch ms.g in the namespace llm',
      fix: 'add {apiGroups: ["g"], resources: [ms], verbs: [list, watch]} to a Role in llm that is bound to it',
    },
  ]);
  const everywhere = (['list', 'watch'] as const).map((verb) => ({
    ...right('pods', verb, 'denied'),
    namespace: undefined,
  }));
  expect(checkRights('serin', everywhere)).toEqual([
    {
      kind: 'fault',
      check: 'RBAC',
      message: 'serin may not list and watch pods in all namespaces',
      fix: 'add {apiGroups: [""], resources: [pods], verbs: [list, watch]} to a ClusterRole that is bound to it',
    },
  ]);
});

test('a right in one namespace is none in another', () => {
  const facts = [right('pods', 'list', 'allowed', 'a'), right('pods', 'list', 'denied', 'b')];
  expect(checkRights('serin', facts).map(({ message }) => message)).toEqual([
    'serin may not list pods in the namespace b',
  ]);
});

test('a right that cannot be asked for is no right', () => {
  expect(checkRights('serin', [right('pods', 'list', 'unknown')])).toEqual([
    expect.objectContaining({
      kind: 'fault',
      message: 'whether serin may read pods cannot be asked: 403: no',
    }),
  ]);
});
