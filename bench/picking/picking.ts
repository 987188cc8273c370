import { createMicro } from '../micro/micro.ts';
import { formatNumber } from '../report/format.ts';
import { drawPlot } from '../report/plot.ts';
import { markdownTable } from '../report/table.ts';
import type { Target } from '../report/target.ts';
import { measurePicks, PICK_LIMITS, type PickRow } from './measure.ts';

const HEAD = [
  'endpoints',
  'pick µs',
  'with a prompt µs',
  'all figures µs',
  'kept sums µs',
  '× all figures',
  'with a prompt, × all figures',
  '× kept sums',
];
const ROUNDS = 31;

/** Picks against bare scans. */
export const benchPicks = createMicro({
  name: 'pick',
  measure: measurePicks,
  tables: (rows) => markdownTable(HEAD, rows.map(cells), 0),
  picture: drawPicks,
});

function cells(row: PickRow): readonly string[] {
  const { endpoints, pickNs, promptNs, figuresNs, sumsNs, ratio, promptRatio } = row;
  const micros = [pickNs, promptNs, figuresNs, sumsNs].map((ns) => formatNumber(ns / 1000));
  return [`${endpoints}`, ...micros, ...[ratio, promptRatio, pickNs / sumsNs].map(formatNumber)];
}

function drawPicks(rows: readonly PickRow[]): string {
  const line = (of: (row: PickRow) => number) => rows.map((row) => [row.endpoints, of(row) / 1000] as const);
  return drawPlot({
    title: 'One pick, by the size of the pool',
    xLabel: 'endpoints, log scale',
    yLabel: 'µs, log scale',
    formatX: (endpoints) => endpoints.toLocaleString('en'),
    panels: [
      {
        title: 'in-process',
        series: [
          {
            label: 'a pick',
            look: { colour: '#0072b2', dashed: false },
            points: line(({ pickNs }) => pickNs),
          },
          {
            label: 'a pick that knows the prompt',
            look: { colour: '#0072b2', dashed: true },
            points: line(({ promptNs }) => promptNs),
          },
          {
            label: 'the floor: a bare scan of all figures',
            look: { colour: '#000000', dashed: false },
            points: line(({ figuresNs }) => figuresNs),
          },
          {
            label: 'a bare scan of kept sums',
            look: { colour: '#999999', dashed: true },
            points: line(({ sumsNs }) => sumsNs),
          },
        ],
      },
    ],
  });
}

/** What a pick costs, against what it may cost. */
export function pickTargets(): readonly Target[] {
  const rows = measurePicks({ rounds: ROUNDS });
  return [
    ...rows.map(({ endpoints, ratio }) => pickTarget(endpoints, ratio, '')),
    ...rows.map(({ endpoints, promptRatio }) =>
      pickTarget(endpoints, promptRatio, ' by a prompt of 1 KiB, too'),
    ),
  ];
}

function pickTarget(endpoints: number, ratio: number, how: string): Target {
  const most = PICK_LIMITS.get(endpoints) ?? Number.NaN;
  return {
    work: `pick among ${endpoints} endpoints, in-process${how}`,
    found: `${formatNumber(ratio)} × a bare scan`,
    wanted: `≤ ${most} × a bare scan`,
    holds: ratio <= most,
  };
}
