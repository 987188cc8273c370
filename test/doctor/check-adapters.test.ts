import { expect, test } from 'vitest';
import { checkAdapters } from '../../src/doctor/check-adapters.ts';
import { member, model, pool, rewrite, weights } from '../core/objects.ts';
import { compiled } from './snapshots.ts';

const PODS = [member('10.0.0.1'), member('10.0.0.2')];

/** What the doctor says of targets when the first and the second pod serve these. */
function said(
  targets: Readonly<Record<string, number>>,
  ...serving: readonly (readonly string[] | undefined)[]
) {
  const { snapshot } = compiled(
    [pool('pool'), model('m', 'lora-request', { targets: weights(targets) })],
    PODS,
  );
  return findings(snapshot, serving);
}

function findings(
  snapshot: ReturnType<typeof compiled>['snapshot'],
  serving: readonly (readonly string[] | undefined)[],
) {
  const served = serving.flatMap((names, at) =>
    names === undefined
      ? []
      : [[`10.0.0.${at + 1}:8000`, new Map(names.map((name) => [name, 'adapter'] as const))] as const],
  );
  return checkAdapters(snapshot, new Map(served)).map(({ kind, message }) => `${kind}: ${message}`);
}

test('pods that serve all targets are one line', () => {
  expect(said({ a: 1, b: 9 }, ['a', 'b'], ['b', 'a', 'c'])).toEqual([
    'ok: every pod of default/pool serves every target of its 1 models',
  ]);
});

test('a target that no pod serves is a fault, unless it is drained', () => {
  expect(said({ a: 1, b: 0 }, [], [])).toEqual([
    'fault: a: no pod of default/pool serves it; a share of lora-request gets 503',
    'warning: b: no pod of default/pool serves it; its weight is 0',
  ]);
});

test('a target that some pods lack is a warning that names them', () => {
  expect(said({ a: 1 }, ['a'], [])).toEqual([
    'warning: a: 1 of 2 pods of default/pool do not serve it: 10.0.0.2:8000',
  ]);
});

test('a pod that does not tell may serve everything', () => {
  expect(said({ a: 1 }, [], undefined)).toEqual([
    'warning: 10.0.0.2:8000: /v1/models is not told, so they may get requests for any target',
    'warning: a: 1 of 2 pods of default/pool do not serve it: 10.0.0.1:8000',
  ]);
});

test('targets of a rewrite for all names count too, pools without pods do not', () => {
  const any = rewrite('r', [['any', { a: 1 }]]);
  expect(findings(compiled([pool('pool'), any], PODS).snapshot, [[], []])).toEqual([
    'fault: a: no pod of default/pool serves it; a share of * gets 503',
  ]);
  expect(findings(compiled([pool('pool'), any]).snapshot, [])).toEqual([]);
});
