import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** A suite with a vitest config of its own, `test/NAME/vitest.config.ts`. */
export interface Suite {
  readonly name: string;
  /** What it is told beside this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folders of programs that it finds before all others. */
  readonly folders?: readonly string[];
  /** The user's own arguments of vitest. */
  readonly args: readonly string[];
  /** Aborting it ends the suite. */
  readonly signal: AbortSignal;
}

const ROOT = join(import.meta.dirname, '..');

/** Runs a suite and leaves its JSON report beside the others, for `.ci/run`; resolves with its exit code. */
export function runSuite({ name, env = {}, folders = [], args, signal }: Suite): Promise<number> {
  const report = join(ROOT, '.cache', 'reports', `${name}.json`);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', `test/${name}/vitest.config.ts`];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const suite = spawn(process.execPath, [...vitest, ...reporters, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env, PATH: [...folders, process.env.PATH ?? ''].join(delimiter) },
    stdio: 'inherit',
  });
  signal.addEventListener('abort', () => suite.kill('SIGTERM'), { once: true });
  return new Promise((resolve) => suite.once('exit', (code) => resolve(code ?? 1)));
}
