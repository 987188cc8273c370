import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawLoads, PLOTTED } from '../../../bench/simulation/load-plot.ts';
import { OURS, PEERS, POLICIES } from '../../../bench/simulation/policies/policies.ts';
import { reportOf } from '../../../bench/simulation/report.ts';
import type { Pairing, Trial } from '../../../bench/simulation/trials.ts';
import { WORKLOADS } from '../../../bench/simulation/workloads.ts';

const KEPT = join(import.meta.dirname, '../../../bench/simulation');

function trial(workload: string, policy: string, ttftP99: number, pace = 1): Trial {
  const others = { ttftP50: 1, latencyP50: 1, latencyP99: 9, loadsPer1000: 0, diskLoadsPer1000: 0 };
  return { workload, policy, ttftP99, pace, perSecond: 9, balance: 1, requests: 9, ...others };
}

function pairing(workload: string): Pairing {
  return { workload, policy: 'Serin', peer: 'random', ratios: [0.5, 0.5] };
}

test('the report has a verdict on each workload, a row for each ingredient, and the figures of each policy', () => {
  const trials = WORKLOADS.flatMap(({ name }) =>
    [...POLICIES.keys()].map((policy) => trial(name, policy, policy === 'Serin' ? 50 : 100)),
  );
  const pairings = WORKLOADS.map(({ name }) => pairing(name));
  const report = reportOf({ trials, pairings, seeds: [1], pairSeeds: [1, 2], plots: false });
  for (const { name } of WORKLOADS)
    expect(report).toMatch(new RegExp(`^\\| ${name} .* 0\\.50 \\| 0\\.50–0\\.50 .* yes \\|`, 'm'));
  for (const policy of POLICIES.keys()) expect(report).toContain(`| ${policy} `);
  expect(report.match(/^\| llm-d, default profile /gm)).toHaveLength(WORKLOADS.length);
  expect(report).not.toContain('NaN');
});

test('the plot has a line for each policy that users know, and a panel for each workload', () => {
  const trials = [...PLOTTED].flatMap((policy) => [trial('one', policy, 50), trial('one', policy, 90, 1.2)]);
  const picture = drawLoads(['one'], trials);
  expect(picture.match(/<polyline/g)).toHaveLength(2 * PLOTTED.size);
  for (const policy of PLOTTED) expect([...PEERS.keys(), ...OURS.keys()]).toContain(policy);
});

test('the report that is kept is of the workloads and policies that there are', async () => {
  const results = JSON.parse(await readFile(join(KEPT, 'report.json'), 'utf8'));
  const { trials, pairings } = results;
  const pairs = trials.map(({ workload, policy }: Trial) => `${workload}: ${policy}`);
  expect(pairs).toEqual(
    WORKLOADS.flatMap(({ name }) => [...POLICIES.keys()].map((policy) => `${name}: ${policy}`)),
  );
  expect(await readFile(join(KEPT, 'report.md'), 'utf8')).toBe(reportOf({ ...results, plots: true }));
  expect(pairings.map(({ workload }: Pairing) => workload)).toEqual(WORKLOADS.map(({ name }) => name));
});
