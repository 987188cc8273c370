import { describe, expect, test } from 'vitest';
import { figuresOf, quantile } from '../../../bench/simulation/figures.ts';
import { createRoundRobin } from '../../../bench/simulation/policies/plain.ts';
import { POLICIES } from '../../../bench/simulation/policies/policies.ts';
import type { CreatePolicy } from '../../../bench/simulation/policies/policy.ts';
import type { Workload } from '../../../bench/simulation/workload.ts';
import { WORKLOADS } from '../../../bench/simulation/workloads.ts';
import { simulate } from '../../../bench/simulation/world.ts';
import { seededRandom } from '../../core/seeded-random.ts';

function workload(name: string): Workload {
  const found = WORKLOADS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no workload ${name}`);
  return found;
}

/** A tenth of a workload's time. */
function run(of: Workload, createPolicy: CreatePolicy, seed = 1) {
  const requests = of.requests(seededRandom(seed)).filter(({ atMs }) => atMs < of.endMs / 10);
  return {
    requests,
    outcome: simulate({ workload: of, requests, createPolicy, random: seededRandom(seed) }),
  };
}

describe('a simulated pool', () => {
  test.each([...POLICIES.keys()])('serves each request once, to its last token, under %s', (name) => {
    const createPolicy = POLICIES.get(name);
    if (createPolicy === undefined) throw new Error(name);
    const { requests, outcome } = run(workload('Zipf 100'), createPolicy);
    const ids = outcome.served.map(({ request }) => request.id).sort((a, b) => a - b);
    expect(ids).toEqual(requests.map(({ id }) => id));
    for (const { request, pod, firstTokenAtMs, finishedAtMs } of outcome.served) {
      expect(pod).toBeLessThan(8);
      expect(firstTokenAtMs).toBeGreaterThan(request.atMs);
      expect(finishedAtMs).toBeGreaterThanOrEqual(firstTokenAtMs);
    }
  });

  test('is the same in every run with the same seed, and another with another', () => {
    const of = workload('bursts');
    const createPolicy = POLICIES.get('Serin') ?? createRoundRobin;
    expect(run(of, createPolicy).outcome).toEqual(run(of, createPolicy).outcome);
    expect(run(of, createPolicy, 2).outcome).not.toEqual(run(of, createPolicy).outcome);
  });

  test('sends a pod nothing before it has joined', () => {
    const of = { ...workload('cold pod'), pods: workload('cold pod').pods.map(({ spec }) => ({ spec })) };
    const late = { ...of, pods: of.pods.map((pod, at) => (at === 7 ? { ...pod, joinsAtMs: 4_000 } : pod)) };
    const times = run(late, createRoundRobin)
      .outcome.served.filter(({ pod }) => pod === 7)
      .map(({ request }) => request.atMs);
    expect(Math.min(...times)).toBeGreaterThan(4_000);
    expect(Math.min(...times)).toBeLessThan(4_500);
  });

  test('slows down with a pod that does', () => {
    const pods = [{ ...workload('base model').pods[0], slows: { atMs: 0, times: 3 } }];
    const spec = workload('base model').pods[0]?.spec;
    if (spec === undefined) throw new Error('no pod');
    const one = { ...workload('base model'), pods: [{ spec }] };
    const slow = { ...one, pods: pods.map((pod) => ({ ...pod, spec })) };
    const requests = one.requests(seededRandom(1)).slice(0, 1);
    const ends = [one, slow].map((of) => {
      const outcome = simulate({
        workload: of,
        requests,
        createPolicy: createRoundRobin,
        random: seededRandom(1),
      });
      return (outcome.served[0]?.finishedAtMs ?? 0) - (requests[0]?.atMs ?? 0) - 4;
    });
    expect((ends[1] ?? 0) / (ends[0] ?? 1)).toBeCloseTo(3, 5);
  });
});

describe('figures', () => {
  test('count what comes after the warm-up', () => {
    const request = {
      id: 0,
      adapter: undefined,
      promptTokens: 1,
      outputTokens: 1,
      segments: [],
      answerKey: '',
    };
    const served = [1000, 2000, 3000].map((atMs, pod) => ({
      request: { ...request, atMs },
      pod,
      arrivedAtMs: atMs,
      firstTokenAtMs: atMs + 10 * (pod + 1),
      finishedAtMs: atMs + 100 * (pod + 1),
    }));
    const of = { ...workload('Zipf 100'), warmUpMs: 1500, pods: workload('Zipf 100').pods.slice(0, 4) };
    expect(figuresOf(of, [{ served, loads: { gpu: 6, disk: 3 } }])).toEqual({
      requests: 2,
      ttftP50: 30,
      ttftP99: 30,
      latencyP50: 300,
      latencyP99: 300,
      loadsPer1000: 2000,
      diskLoadsPer1000: 1000,
      balance: 2,
    });
  });

  test('take the value above the part that is asked for', () => {
    const values = Float64Array.from({ length: 100 }, (_, at) => at);
    expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99)]).toEqual([0, 50, 99]);
  });
});
