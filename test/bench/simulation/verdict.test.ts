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
  const same = { ttftP99: 180, bestPeer: 'round robin', bestTtftP99: 200, ratio: 0.9, latencyRatio: 1.1 };
  expect(verdictsOf(workloads, trials)).toEqual([
    { workload: 'plain', adapterRich: false, ...same, wanted: 1, holds: true },
    { workload: 'rich', adapterRich: true, ...same, wanted: 0.75, holds: false },
  ]);
});

test('unknown options are told', () => {
  expect(parseSimulationOptions(['--slow'])).toContain('--slow');
  expect(parseSimulationOptions(['--quick'])).toMatchObject({ seeds: [1], paces: [], real: false });
});
