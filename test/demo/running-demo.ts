import { execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterEach } from 'vitest';
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
  const lines = new EventEmitter();
  const read = (input: Readable, into: string[]): void => {
    createInterface({ input }).on('line', (line) => {
      into.push(line);
      lines.emit('line');
    });
  };
  read(child.stdout, results);
  read(child.stderr, notes);
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ended = exited.then((code) => {
    throw new Error(`the demo ended with status ${code}: ${notes.join('\n')}`);
  });
  ended.catch(() => {});
  const until = async (isReached: () => boolean): Promise<void> => {
    while (!isReached()) await Promise.race([once(lines, 'line'), ended]);
  };
  const demo: RunningDemo = {
    port: listenerPort,
    results,
    notes,
    untilResults: (count) => until(() => results.length >= count),
    untilNote: (text) => until(() => notes.some((line) => line.includes(text))),
    children: (name) => childrenOf(child.pid, name),
    kill: (signal) => child.kill(signal),
    exited,
  };
  running.push(demo);
  return demo;
}
