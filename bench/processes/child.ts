import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { supervise } from '../../src/envoy-binary/supervise.ts';

/** A Node process of the benchmark that answers questions. */
export interface Child {
  readonly pid: number;
  /** Sends a message and resolves with the next one that comes back; rejects if the process ends first. */
  readonly ask: (question: object | string) => Promise<unknown>;
  /** The next message; for what a process says of itself. */
  readonly listen: () => Promise<unknown>;
  /** Settles when the process has ended. */
  readonly exited: Promise<unknown>;
  /** Rejects when the process has ended, with its last words. */
  readonly ended: Promise<never>;
}

/** Starts the Node that runs this process with some arguments; aborting the signal ends it. */
export function startChild(args: readonly string[], signal: AbortSignal): Child {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const exited = supervise(child, { signal });
  const ended = exited.then((exit) => {
    throw new Error(`${args.join(' ')} has ended${exit.kind === 'died' ? `:\n${exit.lastWords}` : ''}`);
  });
  ended.catch(() => undefined);
  async function listen(): Promise<unknown> {
    const [message] = await Promise.race([once(child, 'message'), ended]);
    return message;
  }
  return {
    pid: child.pid ?? 0,
    exited,
    ended,
    listen,
    ask: (question) => {
      const answer = listen();
      child.send(question);
      return answer;
    },
  };
}
