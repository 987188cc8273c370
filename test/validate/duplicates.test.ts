import { describe, expect, test } from 'vitest';
import { all, faultsOf, MODEL, POOL, REWRITE, ROUTE } from './validating.ts';

describe('a name that is taken', () => {
  test('is told where it is claimed, with who has it', async () => {
    const rewrite = REWRITE.replace('value: n', 'value: m');
    const texts = [
      POOL,
      MODEL('x'),
      MODEL('y'),
      rewrite,
      ROUTE('pool'),
      ROUTE('p2'),
      POOL.replace('pool', 'p2'),
    ];
    expect(await faultsOf(all(...texts).replace('name: route', 'name: first'))).toEqual([
      1,
      'a.yaml:14:9: spec.modelName: m is taken by InferenceModel default/x at a.yaml:6:1',
      'a.yaml:22:28: spec.rules[0].matches[0].model.value: m is taken by InferenceModel default/x at a.yaml:6:1',
      'a.yaml:36:3: spec.host: test.com is taken by LLMRoute default/first at a.yaml:25:1',
    ]);
  });

  test('is told also where the pool is elsewhere', async () => {
    expect(await faultsOf(all(MODEL('x'), MODEL('y')), '--known-pools', 'pool')).toEqual([
      1,
      'a.yaml:9:9: spec.modelName: m is taken by InferenceModel default/x at a.yaml:1:1',
    ]);
  });

  test('of an object that is defined twice is one too', async () => {
    expect(await faultsOf(all(POOL, MODEL('x'), MODEL('x')))).toEqual([
      1,
      'a.yaml:11:1: is defined twice; the one at a.yaml:6:1 is in force',
    ]);
  });
});
