import { formatNumber } from '../report/format.ts';
import { markdownTable } from '../report/table.ts';
import type { Target } from '../report/target.ts';
import { measurePicks, PICK_LIMITS, type PickRow } from './measure.ts';

const HEAD = ['endpoints', 'pick µs', 'all figures µs', 'kept sums µs', '× all figures', '× kept sums'];
const { log } = console;

/** Measures picks and prints a table; about ten seconds. */
export function benchPicks(): void {
  log(markdownTable(HEAD, measurePicks().map(cells), 0));
}

function cells({ endpoints, pickNs, figuresNs, sumsNs, ratio }: PickRow): readonly string[] {
  const micros = [pickNs, figuresNs, sumsNs].map((ns) => formatNumber(ns / 1000));
  return [`${endpoints}`, ...micros, formatNumber(ratio), formatNumber(pickNs / sumsNs)];
}

/** What a pick costs, against what it may cost. */
export function pickTargets(): readonly Target[] {
  return measurePicks().map(({ endpoints, ratio }) => {
    const most = PICK_LIMITS.get(endpoints) ?? Number.NaN;
    return {
      work: `pick among ${endpoints} endpoints, in-process`,
      found: `${formatNumber(ratio)} × a bare scan`,
      wanted: `≤ ${most} × a bare scan`,
      holds: ratio <= most,
    };
  });
}
