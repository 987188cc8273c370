import { spawn } from 'node:child_process';
import { constants } from 'node:os';

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
    const done = () => {
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
