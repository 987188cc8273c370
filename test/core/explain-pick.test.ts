import { expect, test } from 'vitest';
import { explainPick } from '../../src/core/explain-pick.ts';
import { targetName } from '../../src/core/names.ts';
import { pick } from '../../src/core/pick.ts';
import { endpoint, loadView, OPTIONS, poolOf } from './pods.ts';
import { noRandom } from './seeded-random.ts';

test('each endpoint of the pool has its score with its parts, or the reason why it is no candidate', () => {
  const load = loadView(
    { freshness: 'dead' },
    { models: ['other'] },
    { running: 3, waiting: 6, maxLoras: 1, cached: ['sql-lora'] },
    { running: 2, maxLoras: 1, inFlight: ['sql-lora'] },
    {},
  );
  const input = {
    pool: poolOf(5),
    target: targetName('sql-lora'),
    subset: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'],
    sheddable: false,
    load,
    random: noRandom,
    options: OPTIONS,
  };
  const none = {
    running: 0,
    waiting: 0,
    prompts: 0,
    batch: 0,
    kv: 0,
    adapter: 0,
    slot: 0,
    prefix: 0,
    stale: 0,
  };
  expect(explainPick(input)).toEqual([
    { kind: 'excluded', endpoint: endpoint(0), because: 'dead' },
    { kind: 'excluded', endpoint: endpoint(1), because: 'lacks_target' },
    {
      kind: 'candidate',
      endpoint: endpoint(2),
      score: { total: 37, parts: { ...none, running: 3, waiting: 24, adapter: 10 }, full: true },
    },
    {
      kind: 'candidate',
      endpoint: endpoint(3),
      score: { total: 2, parts: { ...none, running: 2 }, full: false },
    },
    { kind: 'excluded', endpoint: endpoint(4), because: 'outside_subset' },
  ]);
  expect(pick(input)).toMatchObject({ endpoint: endpoint(3) });
});
