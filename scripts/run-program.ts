import { cacheFolder } from '../src/envoy-binary/cache-folder.ts';
import { createShell, type Shell } from './docker/shell.ts';

/** What a script works with. */
export interface Room {
  /** Aborted by the signals that end a program. */
  readonly signal: AbortSignal;
  /** Ends what runs with the signal. */
  readonly shell: Shell;
  readonly cache: string;
  readonly say: (line: string) => void;
}

/** Runs the whole of a script: what it resolves with is the exit status, and what it throws is a line and status 1. */
export async function runProgram(work: (room: Room) => Promise<number>): Promise<void> {
  const ended = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => ended.abort(new Error(`Ended by ${name}.`)));
  }
  const { signal } = ended;
  const say = (line: string) => console.error(line);
  try {
    const shell = createShell(process.env, signal);
    process.exitCode = await work({ signal, shell, cache: cacheFolder(process.env), say });
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
