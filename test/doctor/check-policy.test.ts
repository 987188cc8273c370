import { expect, test } from 'vitest';
import { checkPolicy } from '../../src/doctor/check-policy.ts';
import { member, model, pool, weights } from '../core/objects.ts';
import { compiled } from './snapshots.ts';

const NOTHING = { problems: [], unread: [] };

test('a pool with pods and models is well', () => {
  const objects = [pool('pool'), model('m', 'lora-request', { targets: weights({ a: 1 }) })];
  expect(checkPolicy({ ...compiled(objects, [member('10.0.0.1')]), ...NOTHING })).toEqual([
    {
      kind: 'ok',
      check: 'policy',
      message: 'the InferencePool default/pool: endpoints 1, models lora-request',
    },
  ]);
});

test('no pool and a pool without pods are faults', () => {
  const messages = (found: ReturnType<typeof checkPolicy>) =>
    found.map(({ kind, message }) => `${kind}: ${message}`);
  expect(messages(checkPolicy({ ...compiled([]), ...NOTHING }))).toEqual([
    'fault: there is no InferencePool',
  ]);
  expect(messages(checkPolicy({ ...compiled([pool('pool')]), ...NOTHING }))).toEqual([
    'fault: the InferencePool default/pool has no pod that is ready',
  ]);
});

test('what could not be read is the fault, not the pool that is missing for it', () => {
  const unread = [{ source: 'kubernetes', reason: 'no cluster' }];
  expect(checkPolicy({ ...compiled([]), problems: [], unread })).toEqual([
    expect.objectContaining({ kind: 'fault', message: 'kubernetes: not read (no cluster)' }),
  ]);
});

test('broken objects are faults, objects that lost a name are warnings', () => {
  const objects = [pool('pool'), model('x', 'm', { targets: weights({ a: 1 }) }), model('y', 'm')];
  const facts = { ...compiled(objects, [member('10.0.0.1')]), problems: ['a.yaml:1:1: bad'], unread: [] };
  expect(checkPolicy(facts).slice(0, 2)).toEqual([
    expect.objectContaining({ kind: 'fault', message: 'a.yaml:1:1: bad' }),
    expect.objectContaining({
      kind: 'warning',
      message: 'InferenceModel default/y (policy.yaml:1:1): m is taken by InferenceModel default/x',
    }),
  ]);
});
