// Runs a command for so many seconds at the most, then ends it: node scripts/limited.mjs SECONDS COMMAND [ARGUMENTS]
// What the command has started is a group of its own, so that its end can be awaited: npm ends before its scripts do.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const GRACE_MS = 60_000;
const POLL_MS = 100;
/** As the program `timeout` has it, which not every system has. */
const EXPIRED = 124;

const [seconds, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: 'inherit', detached: true });
let ended = false;
let expired = false;

/** Sends a signal to all that is left of the group; 0 asks whether anything is. */
function tell(signal) {
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

async function untilGone() {
  for (let waitedMs = 0; waitedMs < GRACE_MS && tell(0); waitedMs += POLL_MS) await sleep(POLL_MS);
  tell('SIGKILL');
}

function end() {
  if (ended) return;
  ended = true;
  child.kill('SIGTERM');
  setTimeout(() => tell('SIGKILL'), GRACE_MS).unref();
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, end);
const timer = setTimeout(() => {
  expired = true;
  end();
}, Number(seconds) * 1000);
const status = await new Promise((resolve) => {
  child.once('error', (error) => {
    console.error(error.message);
    resolve(127);
  });
  child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
});
clearTimeout(timer);
if (ended) await untilGone();
process.exitCode = expired ? EXPIRED : status;
