import { spawn } from 'node:child_process';

type Env = { readonly [name: string]: string | undefined };

/** How a command ended; `unstartable` if there is no such program, or it is not one for this machine. */
export type CommandResult =
  | { readonly kind: 'ended'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'unstartable'; readonly problem: string };

/** Runs a program to its end without a terminal. */
export type RunCommand = (
  file: string,
  args: readonly string[],
  options: { readonly env: Env; readonly signal: AbortSignal },
) => Promise<CommandResult>;

/** Runs a program with `node:child_process`; rejects with the signal's reason once that is aborted. */
export const runCommand: RunCommand = (file, args, { env, signal }) =>
  new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    const pieces = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      pieces.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      pieces.stderr += text;
    });
    child.once('error', (error) => {
      if (signal.aborted) reject(signal.reason);
      else resolve({ kind: 'unstartable', problem: error.message });
    });
    child.once('close', (code) => resolve({ kind: 'ended', code: code ?? 1, ...pieces }));
  });
