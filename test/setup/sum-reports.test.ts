import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runNode } from './project.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/sum-reports.mjs');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serin-reports-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Counts {
  readonly passed: number;
  readonly failed?: number;
  readonly pending?: number;
  readonly brokenFiles?: number;
}

async function report(
  suite: string,
  { passed, failed = 0, pending = 0, brokenFiles = 0 }: Counts,
): Promise<void> {
  const counts = {
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: 0,
  };
  const testResults = Array.from({ length: brokenFiles }, () => ({ status: 'failed', assertionResults: [] }));
  await writeFile(join(folder, `${suite}.json`), JSON.stringify({ ...counts, testResults }));
}

async function sum(...results: readonly string[]) {
  const { code, stdout } = await runNode(folder, [SCRIPT, folder, ...results], {});
  return { code, lines: stdout.trimEnd().split('\n') };
}

test('adds up what the suites report', async () => {
  await report('test', { passed: 40 });
  await report('vllm', { passed: 2 });
  const lines = ['test: 40 passed, 0 failed', 'vllm: 2 passed, 0 failed', '42 passed, 0 failed'];
  expect(await sum('suite:test=0', 'suite:vllm=0')).toEqual({ code: 0, lines });
});

test('fails for a failed test', async () => {
  await report('test', { passed: 40, failed: 2 });
  expect(await sum('suite:test=0')).toEqual({
    code: 1,
    lines: ['test: 40 passed, 2 failed', '40 passed, 2 failed'],
  });
});

test('counts a test file that could not be loaded as a failure', async () => {
  await report('test', { passed: 40, brokenFiles: 1 });
  expect(await sum('suite:test=0')).toEqual({
    code: 1,
    lines: ['test: 40 passed, 1 failed', '40 passed, 1 failed'],
  });
});

test('fails for a skipped test', async () => {
  await report('test', { passed: 40, pending: 3 });
  const lines = ['test: 40 passed, 0 failed', 'test: 3 tests were skipped', '40 passed, 3 failed'];
  expect(await sum('suite:test=0')).toEqual({ code: 1, lines });
});

test('counts a suite that failed although none of its tests did', async () => {
  await report('test', { passed: 40 });
  const lines = ['test: 40 passed, 0 failed', 'test: ended with status 1', '40 passed, 1 failed'];
  expect(await sum('suite:test=1')).toEqual({ code: 1, lines });
});

test('counts a check that failed, and says nothing of one that did not', async () => {
  await report('test', { passed: 40 });
  const lines = ['test: 40 passed, 0 failed', 'lint: ended with status 2', '40 passed, 1 failed'];
  expect(await sum('suite:test=0', 'check:lint=2', 'check:types=0')).toEqual({ code: 1, lines });
});

test('fails for a suite that did not run', async () => {
  await report('test', { passed: 40 });
  const lines = ['test: 40 passed, 0 failed', 'vllm: did not run', '40 passed, 1 failed'];
  expect(await sum('suite:test=0', 'suite:vllm=0')).toEqual({ code: 1, lines });
});
