import { spawn } from 'node:child_process';

/** How promtool ended, and all that it wrote. */
export interface Told {
  readonly code: number | null;
  readonly output: string;
}

/** Runs promtool with these arguments and, if given, this input. */
export function promtool(args: readonly string[], input = ''): Promise<Told> {
  return new Promise((resolve, reject) => {
    const child = spawn('promtool', args, { stdio: 'pipe' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece: Buffer) => {
        output += piece;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
    child.stdin.end(input);
  });
}
