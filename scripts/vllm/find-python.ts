import type { RunCommand } from '../../src/envoy-binary/run-command.ts';

/** A Python that vLLM runs on. */
export interface Python {
  /** Absolute path. */
  readonly path: string;
  /** `3.11` */
  readonly version: string;
}

/** Where Python is looked for, and how. */
export interface PythonSearch {
  readonly env: { readonly [name: string]: string | undefined };
  readonly signal: AbortSignal;
  readonly run: RunCommand;
}

/** What the wheel's `Requires-Python` and the pinned requirements allow. */
const OLDEST_MINOR = 11;
const NEWEST_MINOR = 14;
const COMMANDS = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'];
const TELL = 'import sys; print(sys.executable, sys.version_info.major, sys.version_info.minor)';

/** The first Python on the PATH that vLLM runs on; throws with a sentence that says what to install. */
export async function findPython({ env, signal, run }: PythonSearch): Promise<Python> {
  const seen: string[] = [];
  for (const command of COMMANDS) {
    const result = await run(command, ['-c', TELL], { env, signal });
    if (result.kind === 'unstartable' || result.code !== 0) continue;
    const [, path = '', major, minor] = /^(.+) (\d+) (\d+)$/m.exec(result.stdout) ?? [];
    const version = `${major}.${minor}`;
    if (Number(major) === 3 && Number(minor) >= OLDEST_MINOR && Number(minor) <= NEWEST_MINOR) {
      return { path, version };
    }
    seen.push(`${command} is ${version}`);
  }
  const found = seen.length === 0 ? 'there is no python3 on the PATH' : seen.join(', ');
  throw new Error(
    `vLLM needs Python 3.${OLDEST_MINOR} to 3.${NEWEST_MINOR}, but ${found}: install one, with venv and pip.`,
  );
}
