import { createMicro } from '../micro/micro.ts';
import { formatNumber } from '../report/format.ts';
import { drawPlot } from '../report/plot.ts';
import { markdownTable } from '../report/table.ts';
import type { Target } from '../report/target.ts';
import { measurePicks, PICK_LIMITS, type PickRow } from './measure.ts';

const HEAD = ['endpoints', 'pick µs', 'all figures µs', 'kept sums µs', '× all figures', '× kept sums'];
const ROUNDS = 31;

/** Picks against bare scans. */
export const benchPicks = createMicro({
  name: 'pick',
  measure: measurePicks,
  tables: (rows) => markdownTable(HEAD, rows.map(cells), 0),
  picture: drawPicks,
});

function cells({ endpoints, pickNs, figuresNs, sumsNs, ratio }: PickRow): readonly string[] {
  const micros = [pickNs, figuresNs, sumsNs].map((ns) => formatNumber(ns / 1000));
  return [`${endpoints}`, ...micros, formatNumber(ratio), formatNumber(pickNs / sumsNs)];
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
  return measurePicks({ rounds: ROUNDS }).map(({ endpoints, ratio }) => {
    const most = PICK_LIMITS.get(endpoints) ?? Number.NaN;
    return {
      work: `pick among ${endpoints} endpoints, in-process`,
      found: `${formatNumber(ratio)} × a bare scan`,
      wanted: `≤ ${most} × a bare scan`,
      holds: ratio <= most,
    };
  });
}
