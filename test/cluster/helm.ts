import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShell, type Ended, type Shell } from '../../scripts/docker/shell.ts';
import { CHART } from './chart-values.ts';
import { setting } from './cluster.ts';

/** helm with a home of its own. */
export interface Helm {
  readonly folder: string;
  /** Has the same home. */
  readonly shell: Shell;
  /** Runs helm; a failure is a result. */
  readonly run: (...args: readonly string[]) => Promise<Ended>;
  /** What helm renders of the chart. */
  readonly render: (...args: readonly string[]) => Promise<string>;
  /** Removes its home. */
  readonly stop: () => Promise<void>;
}

/** Makes a home for helm. */
export async function startHelm(): Promise<Helm> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-helm-'));
  const shell = createShell({ ...process.env, HOME: folder }, new AbortController().signal);
  return {
    folder,
    shell,
    run: (...args) => shell.try(setting('SERIN_HELM'), args),
    render: async (...args) =>
      (await shell.run(setting('SERIN_HELM'), ['template', 'vllm', CHART, ...args])).trim(),
    stop: () => rm(folder, { recursive: true }),
  };
}
