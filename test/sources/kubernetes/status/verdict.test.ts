import { describe, expect, test } from 'vitest';
import { compile } from '../../../../src/core/compile.ts';
import type { PolicyObject } from '../../../../src/core/policy.ts';
import type { ServedTargets } from '../../../../src/core/served-targets.ts';
import type { Policy } from '../../../../src/sources/kubernetes/policy-objects.ts';
import { judge } from '../../../../src/sources/kubernetes/status/verdict.ts';
import { at, model, POOL, pool, rewrite, weights } from '../../../core/objects.ts';

/** Where an object of a cluster is: its title says it. */
const inCluster = (title: string, createdAtMs: number) => ({ place: at(title, 0, 0), createdAtMs });

function served(names: readonly string[], { pods = 3, untold = false } = {}): ServedTargets {
  return { pods, untold, names: new Set(names) };
}

function policyOf(good: PolicyObject | undefined, ...messages: readonly string[]): Policy {
  const place = at('m', 0, 0);
  const problems = messages.map((message) => ({ place, object: 'm', field: 'spec.x', message }));
  return { good, fallback: undefined, problems };
}

/** The verdicts on an object beside others, as `type status reason`, and their messages. */
function verdictsOf(
  object: PolicyObject,
  { others = [], targets = served(['a', 'b']) }: { others?: PolicyObject[]; targets?: ServedTargets } = {},
) {
  const { snapshot } = compile({
    ...{ objects: [pool('pool'), object, ...others], members: [], poolName: undefined, version: 1 },
    ...{ slotOf: () => 0, overlay: new Map() },
  });
  const verdicts = judge({ policy: policyOf(object), pool: snapshot.pools.get(POOL), served: targets });
  const words = verdicts.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
  return { words, messages: verdicts.map(({ message }) => message) };
}

const M = model('m', 'lora', { targets: weights({ a: 1, b: 1 }), ...inCluster('Model m', 1) });
const FREE = ['Accepted True Accepted', 'ModelNameInUse False NoConflict'];

test('a model whose name is free and whose targets are served has nothing to complain of', () => {
  expect(verdictsOf(M)).toEqual({
    words: [...FREE, 'TargetsAvailable True AllServed'],
    messages: [
      'requests are routed by this object',
      'no other object has a name of this one',
      'a ready pod serves a, b',
    ],
  });
});

describe('a name that an older object has', () => {
  const older = model('older', 'lora', { targets: weights({ a: 1 }), ...inCluster('Model older', 0) });

  test('is not accepted, and the winner is named', () => {
    const { words, messages } = verdictsOf(M, { others: [older] });
    expect(words).toEqual([
      'Accepted False ModelNameInUse',
      'ModelNameInUse True NameTaken',
      'TargetsAvailable True AllServed',
    ]);
    expect(messages.slice(0, 2)).toEqual(Array(2).fill('lora is served by Model older'));
  });

  test('in a file is told with the file', () => {
    const inFile = { ...older, meta: { ...older.meta, place: at('policy.yaml', 3) } };
    expect(verdictsOf(M, { others: [inFile] }).messages[0]).toBe(
      'lora is served by InferenceModel default/older (policy.yaml)',
    );
  });

  test('costs a rewrite that name alone', () => {
    const origin = inCluster('Rewrite r', 2);
    const r = rewrite(
      'r',
      [
        [['lora'], { a: 1 }],
        [['x'], { b: 1 }],
        ['any', { b: 1 }],
      ],
      origin,
    );
    expect(verdictsOf(r, { others: [older] }).words.slice(0, 2)).toEqual([
      'Accepted True Accepted',
      'ModelNameInUse True NameTaken',
    ]);
    const any = rewrite('any', [['any', { a: 1 }]], inCluster('Rewrite any', 1));
    const last = rewrite('last', [['any', { a: 1 }]], inCluster('Rewrite last', 2));
    expect(verdictsOf(last, { others: [any] }).messages[0]).toBe('any name is served by Rewrite any');
  });

  test('is not its own, nor that of its namesake in the other group', () => {
    const mine = rewrite('r', [[['x', 'x'], { a: 1 }]], inCluster('Rewrite r (llm-d.ai)', 1));
    expect(verdictsOf(mine).words.slice(0, 2)).toEqual(FREE);
    const theirs = rewrite('r', [[['x'], { a: 1 }]], inCluster('Rewrite r (x-k8s)', 1));
    expect(verdictsOf(theirs, { others: [mine] }).messages[0]).toBe('x is served by Rewrite r (llm-d.ai)');
  });
});

describe('targets are available', () => {
  const available = (targets: ServedTargets, object: PolicyObject = M) => {
    const { words, messages } = verdictsOf(object, { targets });
    return [words[2], messages[2]];
  };

  test('if a ready pod serves each that has a weight', () => {
    expect(available(served(['a']))).toEqual([
      'TargetsAvailable False NotServed',
      'a ready pod serves a; no ready pod is known to serve b',
    ]);
    const drained = model('m', 'lora', { targets: weights({ a: 1, b: 0 }), ...inCluster('Model m', 1) });
    expect(available(served(['a']), drained)).toEqual([
      'TargetsAvailable True AllServed',
      'a ready pod serves a; no ready pod is known to serve b',
    ]);
    expect(available(served(['x']))[1]).toBe('no ready pod is known to serve a, b');
  });

  test('which nobody knows while a pod has not told its models', () => {
    expect(available(served(['a'], { untold: true }))[0]).toBe('TargetsAvailable Unknown ModelsUnknown');
    expect(available(served(['a', 'b'], { untold: true }))[0]).toBe('TargetsAvailable True AllServed');
  });

  test('of a model without targets if its own name is served', () => {
    const own = model('m', 'lora', inCluster('Model m', 1));
    expect(available(served(['lora']), own)[0]).toBe('TargetsAvailable True AllServed');
    expect(available(served(['a']), own)[0]).toBe('TargetsAvailable False NotServed');
  });

  test('from no pod at all', () => {
    expect(available(served([], { pods: 0 }))).toEqual([
      'TargetsAvailable False NoReadyPods',
      'no pod of the pool is ready',
    ]);
  });
});

test('an object without its pool is not accepted, and nothing else is known of it', () => {
  expect(judge({ policy: policyOf(M), pool: undefined, served: undefined })).toEqual([
    {
      type: 'Accepted',
      status: 'False',
      reason: 'PoolNotFound',
      message: 'there is no InferencePool default/pool',
    },
    ...(['ModelNameInUse', 'TargetsAvailable'] as const).map((type) => ({
      ...{ type, status: 'Unknown', reason: 'PoolNotFound' },
      message: 'there is no InferencePool default/pool',
    })),
  ]);
});

test('an invalid object says what is wrong, and whether the version before is still in force', () => {
  const messageOf = (policy: Policy) => {
    const [accepted] = judge({ policy, pool: undefined, served: undefined });
    return `${accepted?.status} ${accepted?.reason}: ${accepted?.message}`;
  };
  expect(messageOf(policyOf(M, 'is missing', 'is odd'))).toBe(
    'False Invalid: spec.x is missing; spec.x is odd; the version before stays in force',
  );
  expect(messageOf(policyOf(undefined, 'is missing'))).toBe(
    'False Invalid: spec.x is missing; its names are refused',
  );
});
