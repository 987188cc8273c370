// Adds up vitest's JSON reports: node scripts/sum-reports.mjs FOLDER SUITE… Prints "N passed, N failed" as its
// last line and fails if a test failed or was skipped, or if a suite left no report or ran nothing.
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

const [folder, ...suites] = process.argv.slice(2);
const totals = { passed: 0, failed: 0 };
for (const suite of suites) {
  const { passed, failed, unfinished } = readReport(folder, suite);
  const ran = passed + failed > 0;
  console.log(ran ? `${suite}: ${passed} passed, ${failed} failed` : `${suite}: did not run`);
  if (unfinished > 0) console.log(`${suite}: ${unfinished} tests were skipped`);
  totals.passed += passed;
  totals.failed += failed + unfinished + (ran ? 0 : 1);
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed === 0 ? 0 : 1;
