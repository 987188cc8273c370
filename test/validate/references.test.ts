import { describe, expect, test } from 'vitest';
import { all, faultsOf, MODEL, POOL, REWRITE, ROUTE } from './validating.ts';

describe('a pool that is not among the manifests', () => {
  const unknown = 'InferencePool default/pool is not among these manifests';

  test('is an error wherever it is named', async () => {
    const objective = `apiVersion: llm-d.ai/v1alpha2
kind: InferenceObjective
metadata: { name: o }
spec: { poolRef: { name: pool } }
`;
    expect(await faultsOf(all(MODEL('x'), REWRITE, ROUTE('pool'), objective))).toEqual([
      1,
      `a.yaml:4:34: spec.poolRef.name: ${unknown}`,
      `a.yaml:10:14: spec.poolRef.name: ${unknown}`,
      `a.yaml:20:64: spec.rules[0].backendRefs[0].backendRef.name: ${unknown}`,
      `a.yaml:25:20: spec.poolRef.name: ${unknown}`,
    ]);
  });

  test('is none if it is said to be elsewhere', async () => {
    expect(await faultsOf(MODEL('x'), '--known-pools', 'pool')).toEqual([0]);
    expect(await faultsOf(MODEL('x'), '--known-pools=a', '--known-pools', 'b,default/pool')).toEqual([0]);
    expect((await faultsOf(MODEL('x'), '--known-pools', 'other/pool'))[0]).toBe(1);
  });

  test('is not told of a pool that has faults of its own', async () => {
    expect(await faultsOf(all(POOL.replace('8000', '0'), MODEL('x')))).toEqual([
      1,
      'a.yaml:4:9: spec.targetPortNumber: must be at least 1',
    ]);
  });
});
