import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const PARENT_POLL_MS = 500;

/**
 * Calls `onOrphaned` once when the parent is gone. npm runs scripts through a shell that dies of SIGTERM without
 * passing it on, so this is how a script hears that npm was told to end.
 */
function watchParent(onOrphaned) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onOrphaned();
  }, PARENT_POLL_MS);
  return timer;
}

/**
 * Runs a command with this process's terminal until it ends; resolves to its exit code. Signals are passed on,
 * but for Ctrl-C on a terminal, which reaches the child by itself; this process outlives the child.
 */
export function runChild(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options });
    const passOn = (signal) => child.kill(signal);
    const onInterrupt = process.stdin.isTTY ? () => {} : passOn;
    const listeners = { SIGINT: onInterrupt, SIGTERM: passOn, SIGHUP: passOn };
    for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
    const timer = watchParent(() => child.kill('SIGTERM'));
    const done = () => {
      clearInterval(timer);
      for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
