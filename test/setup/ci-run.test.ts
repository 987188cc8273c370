import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, expect, onTestFinished, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const PARTS = ['.ci/run', 'scripts/sum-reports.mjs', 'scripts/limited.mjs'];

/** Stands for npm: each suite passes one test, but for what $FAIL and $HANG name. */
const NPM = `#!${process.execPath}
const { mkdirSync, writeFileSync } = require('node:fs');
const task = process.argv.at(-1);
if (task === process.env.HANG) {
  process.on('SIGTERM', () => { console.log('ended ' + task); process.exit(143); });
  setTimeout(() => {}, 30_000);
  console.log('hanging');
} else {
  const report = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  mkdirSync('.cache/reports', { recursive: true });
  writeFileSync('.cache/reports/' + task.replace('test:', '') + '.json', JSON.stringify(report));
  process.exitCode = task === process.env.FAIL ? 3 : 0;
}
`;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-ci-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const path of PARTS) await cp(join(ROOT, path), join(folder, path));
  await mkdir(join(folder, 'machine'));
  await writeFile(join(folder, 'machine/npm'), NPM, { mode: 0o755 });
});

/** Starts it; gives its exit status once it has ended, and the lines that it has written. */
function start(env: NodeJS.ProcessEnv) {
  const path = [join(folder, 'machine'), dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = spawn('bash', ['.ci/run'], {
    cwd: folder,
    env: { ...process.env, PATH: path, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  // Whatever has become of the script, nothing that it has started stays.
  onTestFinished(() => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  });
  return { child, lines, code };
}

test('sums all suites in its last line', async () => {
  const { code, lines } = start({});
  expect([await code, lines.at(-1)]).toEqual([0, '9 passed, 0 failed']);
});

test.each([
  ['lint', 'lint: ended with status 3'],
  ['test:node', 'node: ended with status 3'],
])('counts that %s fails, and goes on', async (FAIL, line) => {
  const { code, lines } = start({ FAIL });
  expect([await code, lines.at(-1)]).toEqual([1, '9 passed, 1 failed']);
  expect(lines).toContain(line);
});

test('ends what takes too long, and counts it and what would have come after', async () => {
  const { code, lines } = start({ HANG: 'test', SERIN_CI_SECONDS: '1' });
  expect([await code, lines.at(-1)]).toEqual([1, '0 passed, 11 failed']);
});

test('passes SIGTERM on, waits for what it ends, and runs no more', async () => {
  const { child, lines, code } = start({ HANG: 'test:docker' });
  await expect.poll(() => lines).toContain('hanging');
  child.kill('SIGTERM');
  expect([await code, lines.at(-1)]).toEqual([1, '2 passed, 7 failed']);
  expect(lines).toContain('ended test:docker');
});
