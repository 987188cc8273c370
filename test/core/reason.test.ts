import { expect, test } from 'vitest';
import { explain } from '../../src/core/explain.ts';
import { modelName } from '../../src/core/names.ts';
import { reasonOf } from '../../src/core/reason.ts';
import { forward } from '../contract/case.ts';
import { model, weights } from './objects.ts';
import { loadView, OPTIONS, snapshotOf } from './pods.ts';

function explained(name: string): string {
  const objects = [model('canary', 'lora-request', { targets: weights({ a: 90, b: 10 }) })];
  const request = { host: '', objective: undefined, session: undefined, subset: undefined };
  const decision = explain(
    { ...request, model: modelName(name) },
    {
      snapshot: snapshotOf(2, objects),
      load: loadView({ running: 2 }, { running: 1 }),
      random: () => 0.5,
      origin: { pool: undefined, authority: undefined },
      options: { ...OPTIONS, unknownModel: 'reject', directModels: 'all', stickySessions: false },
    },
    1,
  );
  return decision.kind === 'forward' ? reasonOf(decision) : decision.message;
}

test('tells the object, the weight, the roll and the least total of an explained request', () => {
  expect(explained('lora-request')).toMatch(
    /^InferenceModel default\/canary gives "a" 90 of 100, rolled 0\.5000 by chance; least total [\d.]+$/,
  );
  expect(explained('base')).toMatch(/^asked for by its own name; least total [\d.]+$/);
});

test('tells the kind of route of any other', () => {
  expect(reasonOf(forward())).toBe('by weight');
  expect(reasonOf(forward({ route: 'passthrough' }))).toBe('unknown, and passed on');
});
