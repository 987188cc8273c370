import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a child process ended: asked to, or by itself, and then with the last lines that it wrote. */
export type ProcessExit =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'died'; readonly lastWords: string };

/** Who ends a child process, and who reads its lines. */
export interface Supervision {
  /** Aborting it ends the process. */
  readonly signal: AbortSignal;
  /** Called with each line that the process writes. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

const KILL_AFTER_MS = 10_000;
const LAST_LINES = 20;

/** Asks the process to end when the signal is aborted, and kills it if it does not, or if this process ends. */
function endWith(child: ChildProcess, signal: AbortSignal): void {
  const stop = (): void => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    child.once('exit', () => clearTimeout(timer));
  };
  const kill = (): boolean => child.kill('SIGKILL');
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  process.once('exit', kill);
  child.once('exit', () => {
    signal.removeEventListener('abort', stop);
    process.off('exit', kill);
  });
}

/** Watches over a child whose output is piped; settles once it has ended, rejects if it cannot be started. */
export function supervise(child: ChildProcess, { signal, onLine }: Supervision): Promise<ProcessExit> {
  const lastLines: string[] = [];
  const read = (name: 'stdout' | 'stderr'): void => {
    const input = child[name];
    if (input === null) return;
    createInterface({ input }).on('line', (line) => {
      onLine?.(line, name);
      lastLines.push(line);
      if (lastLines.length > LAST_LINES) lastLines.shift();
    });
  };
  read('stdout');
  read('stderr');
  endWith(child, signal);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      if (signal.aborted) resolve({ kind: 'stopped' });
      else resolve({ kind: 'died', lastWords: lastLines.join('\n') });
    });
  });
}
