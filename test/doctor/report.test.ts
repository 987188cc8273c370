import { expect, test } from 'vitest';
import { findingsOf, listOf } from '../../src/doctor/finding.ts';
import { exitStatusOf, reportJson, reportLines } from '../../src/doctor/report.ts';

const { ok, warning, fault } = findingsOf('TLS');
const FINDINGS = [ok('good'), warning('so so', 'do this'), fault('bad', 'do that')];

test('each finding is one line with its fix, and the last line counts them', () => {
  expect(reportLines(FINDINGS)).toEqual([
    'ok      TLS: good',
    'warning TLS: so so; fix: do this',
    'fault   TLS: bad; fix: do that',
    'faults: 1; warnings: 1; ok: 1',
  ]);
});

test('the same is one JSON document', () => {
  expect(JSON.parse(reportJson(FINDINGS))).toEqual({ ok: false, findings: FINDINGS });
  expect(JSON.parse(reportJson([]))).toEqual({ ok: true, findings: [] });
});

test('only a fault makes the exit status 1', () => {
  expect([exitStatusOf(FINDINGS), exitStatusOf(FINDINGS.slice(0, 2))]).toEqual([1, 0]);
});

test('a long list of names stays short', () => {
  expect(listOf(['a', 'b'])).toBe('a, b');
  expect(listOf(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('a, b, c, d, e and 2 more');
});
