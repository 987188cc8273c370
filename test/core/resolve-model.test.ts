import { describe, expect, test } from 'vitest';
import { modelName } from '../../src/core/names.ts';
import type { PolicyObject } from '../../src/core/policy.ts';
import type { ResolveOptions } from '../../src/core/resolve-model.ts';
import { resolveModel } from '../../src/core/resolve-model.ts';
import { invalid, model, rewrite, weights } from './objects.ts';
import type { PodLoad } from './pods.ts';
import { loadView, poolOf } from './pods.ts';
import { noRandom } from './seeded-random.ts';

interface Scene {
  readonly objects?: readonly PolicyObject[];
  readonly pods?: readonly PodLoad[];
  readonly options?: Partial<ResolveOptions>;
  readonly roll?: number;
}

function resolve(name: string | undefined, { objects = [], pods = [KNOWN], options, roll }: Scene) {
  const context = {
    session: undefined,
    load: loadView(...pods),
    random: roll === undefined ? noRandom : () => roll,
    options: {
      unknownModel: 'reject' as const,
      directModels: 'all' as const,
      stickySessions: false,
      ...options,
    },
  };
  const wanted = name === undefined ? undefined : modelName(name);
  return resolveModel(wanted, poolOf(pods.length, objects), context);
}

const KNOWN: PodLoad = { models: ['sql-lora', 'sql-lora-2'], bases: ['llama2'] };
const UNKNOWN: PodLoad = { models: undefined };
const DEAD: PodLoad = { freshness: 'dead' };

const direct = (target: string) => ({ route: 'direct', target, sheddable: false });
const weighted = (target: string, sheddable = false) => resolved(target, 'stable', sheddable);
const onTrial = (target: string) => resolved(target, 'canary', false);

function resolved(target: string, role: string, sheddable: boolean) {
  return { route: 'weighted', target, role, group: role, sheddable };
}

const PASSED = { route: 'passthrough', target: undefined, sheddable: false };

function refused(message: string) {
  return { kind: 'reject', reason: 'unknown_model', message };
}

const NOBODY = refused(
  'the model "x" does not exist in the pool default/pool: ' +
    'no InferenceModel or InferenceModelRewrite names it and no pod serves it',
);
const FORBIDDEN = (name: string) =>
  refused(
    `the model "${name}" may not be asked for by its own name here; ask for a name of an InferenceModel`,
  );

describe('resolveModel', () => {
  test('leaves a request without a model as it is', () => {
    expect(resolve(undefined, {})).toEqual({ route: 'headers', target: undefined, sheddable: false });
  });

  describe('with a rule for the name', () => {
    const canary = rewrite('canary', [[['sql-lora'], { 'sql-lora': 90, 'sql-lora-2': 10 }]]);

    test('splits an adapter over itself and another, and resolves the target no further', () => {
      const chain = rewrite('chain', [[['sql-lora-2'], { llama2: 1 }]]);
      const at = (roll: number) => resolve('sql-lora', { objects: [canary, chain], roll });
      expect([at(0), at(0.89), at(0.9)]).toEqual([
        weighted('sql-lora'),
        weighted('sql-lora'),
        onTrial('sql-lora-2'),
      ]);
    });

    test('lets it win where a pod serves the name, forbidden or not', () => {
      const options = { directModels: 'none' } as const;
      expect(resolve('sql-lora', { objects: [canary], roll: 0.95, options })).toEqual(onTrial('sql-lora-2'));
    });

    test('does not ask whether a pod serves the target', () => {
      const object = model('m', 'm', { targets: weights({ absent: 1 }) });
      expect(resolve('m', { objects: [object], roll: 0 })).toEqual(weighted('absent'));
    });

    test.each([
      ['Critical', false],
      ['Standard', false],
      ['Sheddable', true],
    ] as const)('makes a %s model sheddable: %s', (criticality, sheddable) => {
      expect(resolve('m', { objects: [model('m', 'm', { criticality })], roll: 0 })).toEqual(
        weighted('m', sheddable),
      );
    });

    test('refuses the name of an invalid object, even where unknown names pass', () => {
      expect(resolve('m', { objects: [invalid('m', ['m'])], options: { unknownModel: 'pass' } })).toEqual({
        kind: 'reject',
        reason: 'invalid_policy',
        message: 'the InferenceModel default/m, which serves the model "m", is invalid',
      });
    });

    test('refuses a name whose weights are all 0', () => {
      expect(
        resolve('m', { objects: [model('m', 'm', { targets: weights({ a: 0, b: 0 }) })], roll: 0.5 }),
      ).toEqual({
        kind: 'reject',
        reason: 'no_traffic',
        message: 'the model "m" gets no traffic: all its weights are 0',
      });
    });
  });

  test('uses a rewrite without matches for every name without a rule, served or not', () => {
    const objects = [rewrite('any', [['any', { 'sql-lora': 1 }]]), model('m', 'm')];
    const targets = ['x', 'llama2', 'm'].map((name) => resolve(name, { objects, roll: 0 }));
    expect(targets).toEqual([weighted('sql-lora'), weighted('sql-lora'), weighted('m')]);
  });

  describe('without a rule for the name', () => {
    test('takes adapters and base models by their own names', () => {
      expect([resolve('sql-lora', {}), resolve('llama2', {})]).toEqual([
        direct('sql-lora'),
        direct('llama2'),
      ]);
    });

    test('refuses served names where that is forbidden, even where unknown names pass', () => {
      const forbidden = (unknownModel: 'reject' | 'pass') =>
        resolve('sql-lora', { options: { directModels: 'none', unknownModel } });
      expect([forbidden('reject'), forbidden('pass')]).toEqual([
        FORBIDDEN('sql-lora'),
        FORBIDDEN('sql-lora'),
      ]);
    });

    test('refuses an unknown name, or passes it on', () => {
      expect(resolve('x', {})).toEqual(NOBODY);
      expect(resolve('x', { options: { unknownModel: 'pass' } })).toEqual(PASSED);
      expect(resolve('x', { options: { unknownModel: 'pass', directModels: 'none' } })).toEqual(PASSED);
    });

    test('shortens the name in its message', () => {
      const { message } = { message: '', ...resolve('x'.repeat(2 ** 20), {}) };
      expect(message.length).toBeLessThan(300);
    });

    test('takes the name for served while a living pod has not told its models', () => {
      expect(resolve('x', { pods: [KNOWN, UNKNOWN] })).toEqual(direct('x'));
    });

    test('passes it on where served names are forbidden but a pod has not told its models', () => {
      const options = { directModels: 'none', unknownModel: 'pass' } as const;
      expect(resolve('x', { pods: [KNOWN, UNKNOWN], options })).toEqual(PASSED);
    });

    test('takes the name for served while there is no living pod, so that it is unavailable and not unknown', () => {
      expect(resolve('x', { pods: [] })).toEqual(direct('x'));
      expect(resolve('x', { pods: [{ ...KNOWN, ...DEAD }] })).toEqual(direct('x'));
    });

    test('does not let a dead pod that never told its models make every name a served one', () => {
      expect(resolve('x', { pods: [KNOWN, { ...UNKNOWN, ...DEAD }] })).toEqual(NOBODY);
    });

    test('takes a name that only a dead pod serves for served', () => {
      const gone = { models: ['x'], ...DEAD };
      expect(resolve('x', { pods: [KNOWN, gone] })).toEqual(direct('x'));
    });
  });
});
