import { expect, test } from 'vitest';
import { parseSimulationOptions } from '../../../bench/simulation/options.ts';
import type { Trial } from '../../../bench/simulation/trials.ts';
import { verdictsOf } from '../../../bench/simulation/verdict.ts';

function trial(workload: string, policy: string, ttftP99: number, latencyP99 = 100): Trial {
  const others = { ttftP50: 1, latencyP50: 1, loadsPer1000: 0, diskLoadsPer1000: 0, balance: 1, requests: 9 };
  return { workload, policy, ttftP99, latencyP99, pace: 1, perSecond: 9, ...others };
}

test('Serin is held to the best peer, and to a quarter less where there are more adapters than slots', () => {
  const workloads = [
    { name: 'plain', adapterRich: false },
    { name: 'rich', adapterRich: true },
  ];
  const trials = workloads.flatMap(({ name }) => [
    trial(name, 'random', 300, 90),
    trial(name, 'round robin', 200),
    trial(name, 'Serin', 180, 99),
    trial(name, 'without the batch', 1),
  ]);
  const pairings = workloads.map(({ name }) => ({
    ...{ workload: name, policy: 'Serin', peer: 'round robin' },
    ratios: [0.8, 1, 0.8, 1],
  }));
  const verdicts = verdictsOf(workloads, trials, pairings);
  const same = { ttftP99: 180, bestPeer: 'round robin', bestTtftP99: 200, latencyRatio: 1.1 };
  // The logarithms are 0.1116 from their mean, the standard deviation of which is 0.1288 / 2.
  const paired = {
    ratio: expect.closeTo(Math.sqrt(0.8), 10),
    interval: [expect.closeTo(0.78, 2), expect.closeTo(1.026, 2)],
  };
  expect(verdicts).toEqual([
    { workload: 'plain', adapterRich: false, ...same, ...paired, wanted: 1, holds: true },
    { workload: 'rich', adapterRich: true, ...same, ...paired, wanted: 0.75, holds: false },
  ]);
});

test('unknown options are told', () => {
  expect(parseSimulationOptions(['--slow'])).toEqual({
    kind: 'invalid',
    problem: expect.stringContaining('--slow'),
  });
  expect(parseSimulationOptions(['--quick'])).toMatchObject({
    kind: 'ok',
    options: { seeds: [1], pairSeeds: [1, 2, 3], paces: [], real: false },
  });
});
