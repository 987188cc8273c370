import type { Finding } from './finding.ts';

/** The findings as lines: one a check, with its fix, and a summary at the end. */
export function reportLines(findings: readonly Finding[]): readonly string[] {
  const count = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  return [
    ...findings.map(lineOf),
    `faults: ${count('fault')}; warnings: ${count('warning')}; ok: ${count('ok')}`,
  ];
}

function lineOf(finding: Finding): string {
  const line = `${finding.kind.padEnd(7)} ${finding.check}: ${finding.message}`;
  return finding.kind === 'ok' ? line : `${line}; fix: ${finding.fix}`;
}

/** The findings as one JSON document. */
export function reportJson(findings: readonly Finding[]): string {
  return JSON.stringify({ ok: exitStatusOf(findings) === 0, findings });
}

/** 1 if there is a fault. */
export function exitStatusOf(findings: readonly Finding[]): 0 | 1 {
  return findings.some(({ kind }) => kind === 'fault') ? 1 : 0;
}
