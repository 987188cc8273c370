import { drawPlot } from '../report/plot.ts';
import type { Look } from '../report/svg.ts';
import type { Trial } from './trials.ts';

/** A colour for each policy that is drawn, of those of Okabe and Ito, which colour-blind readers can tell apart. */
const LOOKS: ReadonlyMap<string, Look> = new Map([
  ['round robin', { colour: '#999999', dashed: false }],
  ['least queue', { colour: '#e69f00', dashed: false }],
  ['GIE v0.1.0', { colour: '#d55e00', dashed: false }],
  ['llm-d, default profile', { colour: '#009e73', dashed: true }],
  ['llm-d, with its LoRA scorer', { colour: '#009e73', dashed: false }],
  ['Serin', { colour: '#0072b2', dashed: false }],
]);

/** Draws the p99 of the time to first token against the load, a panel for each of some workloads. */
export function drawLoads(workloads: readonly string[], trials: readonly Trial[]): string {
  return drawPlot({
    title: 'p99 of the time to first token',
    xLabel: 'load, by that of the tables',
    yLabel: 'ms, log scale',
    formatX: (pace) => `${Math.round(100 * pace)} %`,
    panels: workloads.map((name) => ({
      title: name,
      series: [...LOOKS].map(([policy, look]) => ({
        label: policy,
        look,
        points: trials
          .filter((trial) => trial.workload === name && trial.policy === policy)
          .map(({ pace, ttftP99 }) => [pace, ttftP99] as const),
      })),
    })),
  });
}

/** The policies that are drawn. */
export const PLOTTED: ReadonlySet<string> = new Set(LOOKS.keys());
