// Adds up vitest's JSON reports and what else was run: node scripts/sum-reports.mjs FOLDER KIND:NAME=STATUS…
// KIND is "suite" for what leaves a report and "check" for what leaves none; STATUS is the exit status. Prints
// "N passed, N failed" as its last line and fails if a test failed or was skipped, if a suite left no report or ran
// nothing, or if anything else ended with another status than 0.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function readReport(folder, suite) {
  try {
    const report = JSON.parse(readFileSync(join(folder, `${suite}.json`), 'utf8'));
    const brokenFiles = report.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
    );
    const failed = report.numFailedTests + brokenFiles.length;
    return {
      passed: report.numPassedTests,
      failed,
      unfinished: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, unfinished: 0 };
  }
}

/** What to say of one thing that was run, and what it adds to the sum. */
function judge(folder, { kind, name, status }) {
  const broken = status === '0' ? [] : [`${name}: ended with status ${status}`];
  if (kind === 'check') return { lines: broken, passed: 0, failed: broken.length };
  const { passed, failed, unfinished } = readReport(folder, name);
  if (passed + failed === 0) return { lines: [...broken, `${name}: did not run`], passed, failed: 1 };
  const lines = [`${name}: ${passed} passed, ${failed} failed`];
  if (unfinished > 0) lines.push(`${name}: ${unfinished} tests were skipped`);
  const found = failed + unfinished;
  // A suite may fail although no test of it has: an error outside of them, or an end before the last.
  if (found > 0 || broken.length === 0) return { lines, passed, failed: found };
  return { lines: [...lines, ...broken], passed, failed: 1 };
}

const [folder, ...results] = process.argv.slice(2);
const totals = { passed: 0, failed: 0 };
for (const result of results) {
  const [, kind, name, status] = /^(suite|check):(.+)=(\d+)$/.exec(result);
  const { lines, passed, failed } = judge(folder, { kind, name, status });
  for (const line of lines) console.log(line);
  totals.passed += passed;
  totals.failed += failed;
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
