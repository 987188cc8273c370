import type { RunCommand } from '../../src/envoy-binary/run-command.ts';

/** A Python of this machine. */
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

/** Which Python 3 something runs on. */
export interface PythonNeed {
  /** Begins the sentence that says what is missing. */
  readonly by: string;
  readonly oldestMinor: number;
  readonly newestMinor: number;
  /** What the Python has to bring, for the same sentence. */
  readonly brings: string;
}

const TELL = 'import sys; print(sys.executable, sys.version_info.major, sys.version_info.minor)';

/** The first fitting Python on the PATH; throws with a sentence that says what to install. */
export async function findPython(
  { by, oldestMinor, newestMinor, brings }: PythonNeed,
  { env, signal, run }: PythonSearch,
): Promise<Python> {
  const minors = Array.from({ length: newestMinor - oldestMinor + 1 }, (_, back) => newestMinor - back);
  const seen: string[] = [];
  for (const command of ['python3', ...minors.map((minor) => `python3.${minor}`)]) {
    const result = await run(command, ['-c', TELL], { env, signal });
    if (result.kind === 'unstartable' || result.code !== 0) continue;
    const [, path = '', major, minor] = /^(.+) (\d+) (\d+)$/m.exec(result.stdout) ?? [];
    const version = `${major}.${minor}`;
    if (Number(major) === 3 && Number(minor) >= oldestMinor && Number(minor) <= newestMinor) {
      return { path, version };
    }
    seen.push(`${command} is ${version}`);
  }
  const found = seen.length === 0 ? 'there is no python3 on the PATH' : seen.join(', ');
  throw new Error(
    `${by} needs Python 3.${oldestMinor} to 3.${newestMinor}, but ${found}: install one, with ${brings}.`,
  );
}
