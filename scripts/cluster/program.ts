import { spawn } from 'node:child_process';
import { type ProcessExit, supervise } from '../../src/envoy-binary/supervise.ts';

/** A program that runs until it is ended. */
export interface Program {
  /** Ends it as a crash would. */
  readonly kill: () => void;
  readonly exited: Promise<ProcessExit>;
}

/** Starts a program that ends when the signal is aborted. */
export function startProgram(path: string, args: readonly string[], signal: AbortSignal): Program {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = supervise(child, { signal });
  exited.catch(() => {});
  return { exited, kill: () => child.kill('SIGKILL') };
}
