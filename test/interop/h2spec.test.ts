import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createShell } from '../../scripts/docker/shell.ts';
import { type CaseOutcomes, readJunit } from './junit.ts';
import { SECURITY, startServing } from './serving.ts';

/** All groups of h2spec (generic, http2 and hpack) with the case that it keeps for strict runs. */
const ALL_CASES = 146;
/** How long h2spec waits for an answer; its own two seconds are short for a machine that runs other suites. */
const PATIENCE_S = 10;

async function runH2spec(port: number, flags: readonly string[]): Promise<CaseOutcomes> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-h2spec-'));
  const report = join(folder, 'report.xml');
  const shell = createShell(process.env, new AbortController().signal);
  // Its status is 1 when a case failed, which the report tells by name.
  const target = ['-S', '-h', '127.0.0.1', '-p', `${port}`, '-o', `${PATIENCE_S}`];
  const ended = await shell.try('h2spec', [...target, '-j', report, ...flags]);
  const text = await readFile(report, 'utf8').catch(() => {
    throw new Error(`h2spec left no report:\n${ended.stdout}${ended.stderr}`);
  });
  await rm(folder, { recursive: true });
  return readJunit(text);
}

test.each(SECURITY)('passes every case of h2spec over $name', async ({ flag, secure }) => {
  const serving = await startServing(flag);
  const outcomes = await runH2spec(serving.port, secure ? ['-t', '-k'] : []);
  await serving.stop();
  expect(outcomes).toEqual({ cases: ALL_CASES, failed: [], skipped: [] });
});
