import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, vi } from 'vitest';
import { freePort } from '../../src/demo/free-port.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** A `serin demo` as a process of its own. */
export interface RunningDemo {
  readonly port: number;
  /** Lines of stdout and of stderr so far. */
  readonly results: readonly string[];
  readonly notes: readonly string[];
  /** Resolves once stdout has that many lines. */
  readonly untilResults: (count: number) => Promise<void>;
  /** Resolves once a line of stderr contains the text. */
  readonly untilNote: (text: string) => Promise<void>;
  /** The processes that it has started, by a part of their command line. */
  readonly children: (name: string) => readonly number[];
  readonly kill: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => void;
  /** The exit status. */
  readonly exited: Promise<number | null>;
}

const WAIT = { timeout: 60_000, interval: 20 };
const running: RunningDemo[] = [];

afterEach(async () => {
  for (const demo of running.splice(0)) {
    demo.kill('SIGTERM');
    await demo.exited;
  }
});

function childrenOf(parent: number | undefined, name: string): readonly number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,command='], { encoding: 'utf8' }).split('\n');
  return rows
    .map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row))
    .filter((row) => row !== null && Number(row[2]) === parent && row[3]?.includes(name))
    .map((row) => Number(row?.[1]));
}

/** Starts `serin demo` with further arguments on a free port, or on a given one. */
export async function startDemo(args: readonly string[], port?: number): Promise<RunningDemo> {
  const listenerPort = port ?? (await freePort());
  const argv = [MAIN, 'demo', '--port', String(listenerPort), ...args];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  const results: string[] = [];
  const notes: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => results.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => notes.push(line));
  const until = (isReached: () => boolean): Promise<void> =>
    vi.waitFor(() => {
      if (!isReached()) throw new Error(`not yet; stderr: ${notes.join('\n')}`);
    }, WAIT);
  const demo: RunningDemo = {
    port: listenerPort,
    results,
    notes,
    untilResults: (count) => until(() => results.length >= count),
    untilNote: (text) => until(() => notes.some((line) => line.includes(text))),
    children: (name) => childrenOf(child.pid, name),
    kill: (signal) => child.kill(signal),
    exited: new Promise((resolve) => child.once('close', resolve)),
  };
  running.push(demo);
  return demo;
}
