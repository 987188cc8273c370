import { columns } from '../columns.ts';
import type { RoundReport } from './round.ts';
import { describeVerdict } from './verdict.ts';

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
    ...columns([['target', 'weight', 'wanted', 'requests', 'observed'], ...targets], 1),
    '',
    ...columns([['pod', 'requests'], ...pods], 1),
    '',
    describeVerdict(report.verdict),
    '',
  ].join('\n');
}
