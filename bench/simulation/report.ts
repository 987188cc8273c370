import { formatNumber } from '../report/format.ts';
import { markdownTable } from '../report/table.ts';
import { OURS, PEERS, SERIN } from './policies/policies.ts';
import { ABLATIONS, TRIED, type Variants } from './policies/variants.ts';
import type { Pairing, Trial } from './trials.ts';
import { type Verdict, verdictsOf } from './verdict.ts';
import { WORKLOADS } from './workloads.ts';

const FIGURES = ['TTFT p50', 'p99', 'latency p50', 'p99', 'loads', 'from disk', 'balance'];

/** What a report is made of. */
export interface Results {
  /** At the pace of the workloads. */
  readonly trials: readonly Trial[];
  readonly pairings: readonly Pairing[];
  readonly seeds: readonly number[];
  readonly pairSeeds: readonly number[];
  /** Whether there is a picture beside it. */
  readonly plots: boolean;
}

/** The report of all trials. */
export function reportOf({ trials, pairings, seeds, pairSeeds, plots }: Results): string {
  return [
    '# Picks, simulated',
    '',
    INTRODUCTION,
    '',
    `Seeds ${seeds.join(', ')}; \`npm run bench -- simulation\` makes the same figures again on any machine.`,
    ...(plots ? ['', '![p99 of the time to first token against the load](load.svg)'] : []),
    '',
    '## Serin beside the best of its peers',
    '',
    verdictsText(pairSeeds.length),
    '',
    verdictTable(verdictsOf(WORKLOADS, trials, pairings)),
    '',
    '## What each ingredient is good for',
    '',
    ABLATED,
    '',
    ratioTable([...ABLATIONS.keys(), ...TRIED.keys()], trials),
    '',
    '## All figures',
    ...WORKLOADS.flatMap(({ name, summary, perSecond }) => [
      '',
      `**${name}**: ${summary}; ${perSecond} requests a second`,
      '',
      figureTable(name, trials),
    ]),
    '',
  ].join('\n');
}

const INTRODUCTION = `A discrete-event simulation of pools of vLLM servers: continuous batching with a token budget per step, a KV cache
with preemption and a prefix cache, adapter slots on the GPU and in memory with their load times and LRU, pages that
are as old as the last step and are read every 50 ms, and pickers that see nothing else. Serin is the code of \`src/\`;
its peers are written from their formulas. Times are in milliseconds, loads of adapters for 1000 requests, balance is
the share of the busiest pod by an even one. What GIE v0.1.0 would refuse as sheddable it has to serve here, since what
is refused has no latency to compare. llm-d's default profile has a prefix scorer, and its index of each pod is given
the size of the pod's cache. Clients that talk ask on when they have read the answer, so that those of a policy that is
slower ask less.`;

function verdictsText(pairs: number): string {
  return `Wanted is a p99 of the time to first token that is no higher than that of the best peer, and a quarter lower where
there are more adapters than slots. The best peer is another one from line to line. The ratio is the geometric mean of
${pairs} pairs of runs with the same requests, each pair with others, and behind it is where that mean lies with a
probability of 95 %.`;
}

const ABLATED = `The p99 of the time to first token by that of Serin, of Serin without one ingredient each, and in the last two
rows of what was tried and not kept. What is below 1 for one workload is mostly above for another.

- **What is loaded where**, and not only what is in flight: "without idle adapters" and "without adapters in memory".
  Both come from what Serin has sent itself, a model of each pod's LRU. That pods tell it themselves, by metrics that no
  release of vLLM has, gains little: "Serin, with residency metrics" below.
- **The wait instead of the queue's length**: "without what runs", "without prompts on their way", "without the size of
  prompts" and "without the batch" leave a sum that knows of it by the other parts alone.
- **Prefixes**: "without prefixes" reads no prompts. They gain most of all where clients talk, and nothing where each
  turn comes to another picker, which does not know what the others have sent.
- **Warm-up**: "without empty slots" puts a load into a slot that holds nothing off for as long as any other. That is what
  an even split lost to round robin by, which loads each adapter on each pod at once. A pod that joins cold gets its share
  either way, since it is idle.
- **Homes for cold adapters**, two pods for each by rendezvous hashing: they gain where nothing else concentrates them,
  and cost where their homes are busy.
- **The better of two pods** against herding between pickers: two of eight seldom hold the adapter. With three pickers
  that do not know of each other Serin's sum needs nothing against herding: pages come every 50 ms, and what a picker has
  sent itself counts at once.
- **The size of each pod's cache**, from \`vllm:cache_config_info\`, to know how long prefixes are kept, was tried too: no
  workload gained more by it than by other seeds. Boundaries twice as close together make no difference either, and half
  as close ones cost.`;

function verdictTable(verdicts: readonly Verdict[]): string {
  const head = [
    'workload',
    'best peer',
    'its p99',
    "Serin's p99",
    'ratio',
    '95 %',
    'wanted',
    'holds',
    'latency p99, ratio',
  ];
  const rows = verdicts.map((each) => [
    each.workload,
    each.bestPeer,
    formatNumber(each.bestTtftP99),
    formatNumber(each.ttftP99),
    formatNumber(each.ratio),
    each.interval.map(formatNumber).join('–'),
    `≤ ${each.wanted}`,
    each.holds ? 'yes' : '**no**',
    formatNumber(each.latencyRatio),
  ]);
  return markdownTable(head, rows, 2);
}

function ratioTable(policies: readonly string[], trials: readonly Trial[]): string {
  const p99 = (workload: string, policy: string) =>
    trials.find((trial) => trial.workload === workload && trial.policy === policy)?.ttftP99 ?? Number.NaN;
  const rows = policies.map((policy) => [
    policy,
    ...WORKLOADS.map(({ name }) => formatNumber(p99(name, policy) / p99(name, SERIN))),
  ]);
  return markdownTable(['Serin …', ...WORKLOADS.map(({ name }) => name)], rows, 1);
}

function figureTable(workload: string, trials: readonly Trial[]): string {
  const rows = namesOf(PEERS, OURS).flatMap((name) => {
    const trial = trials.find((each) => each.workload === workload && each.policy === name);
    return trial === undefined ? [] : [[name, ...cells(trial)]];
  });
  return markdownTable(['policy', ...FIGURES], rows, 1);
}

function namesOf(...all: readonly Variants[]): readonly string[] {
  return all.flatMap((each) => [...each.keys()]);
}

function cells(trial: Trial): readonly string[] {
  const { ttftP50, ttftP99, latencyP50, latencyP99, loadsPer1000, diskLoadsPer1000, balance } = trial;
  return [ttftP50, ttftP99, latencyP50, latencyP99, loadsPer1000, diskLoadsPer1000, balance].map(
    formatNumber,
  );
}
