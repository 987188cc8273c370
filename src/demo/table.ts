import type { RoundReport } from './round.ts';
import { describeVerdict } from './verdict.ts';

/** Lays rows out in columns: the first flush left, the others flush right. */
function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A round as text: a row per target, a row per pod, and the verdict. */
export function formatRound(report: RoundReport): string {
  const targets = report.targets.map(({ target, weight, wanted, requests, observed }) => [
    target,
    String(weight),
    percent(wanted),
    String(requests),
    percent(observed),
  ]);
  const pods = report.pods.map(({ pod, requests }) => [pod, String(requests)]);
  return [
    ...columns([['target', 'weight', 'wanted', 'requests', 'observed'], ...targets]),
    '',
    ...columns([['pod', 'requests'], ...pods]),
    '',
    describeVerdict(report.verdict),
    '',
  ].join('\n');
}
