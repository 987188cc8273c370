import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { FileReport, FileSource, LoadSummary } from '../../../src/sources/files/file-source.ts';
import { formatProblem } from '../../../src/sources/problems/problem.ts';

/** Waits that keep a test quick. */
export const QUICK = { pollMs: 100, settleMs: 5, confirmMs: 30 };

/** Makes a folder that goes when the test ends. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs a source until the test ends; `ended` is what it ends with before that. */
export function start(source: FileSource): { readonly ended: Promise<void> } {
  const stop = new AbortController();
  const ended = source.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await ended.catch(() => undefined);
  });
  return { ended };
}

/** A report that remembers what it was told, with places relative to the folder. */
export function remember(folder: string) {
  const told: string[] = [];
  const summaries: LoadSummary[] = [];
  const report: FileReport = {
    problem: (problem) => told.push(`problem ${formatProblem(problem).replaceAll(`${folder}/`, '')}`),
    recovered: (problem) => told.push(`recovered ${formatProblem(problem).replaceAll(`${folder}/`, '')}`),
    loaded: (summary) => summaries.push(summary),
  };
  return { report, told, summaries };
}

/** Waits, for as long as a busy machine may need, until the assertion holds. */
export function eventually(assertion: () => void): Promise<void> {
  return vi.waitFor(assertion, { timeout: 15_000, interval: 10 });
}
