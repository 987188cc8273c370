import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupFailure } from './failure.mjs';

const POLL_MS = 200;
const PATIENCE_MS = 15 * 60_000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function holder(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Moves a lock away whose process is gone. Only one of several waiting processes can win the rename. */
function clearStale(path) {
  const pid = holder(path);
  // An empty file is a lock that is just being written.
  if (pid === undefined || pid === 0 || isAlive(pid)) return;
  const aside = `${path}.${process.pid}`;
  try {
    if (holder(path) === pid) renameSync(path, aside);
  } catch {
    return;
  }
  rmSync(aside, { force: true });
}

/** Runs `work` while this process alone holds the lock file at `path`. */
export async function withLock(path, work, say) {
  mkdirSync(dirname(path), { recursive: true });
  const started = Date.now();
  let told = false;
  while (!take(path)) {
    clearStale(path);
    if (!told) say(`Waiting for another setup in this folder (process ${holder(path) ?? '?'}).`);
    told = true;
    if (Date.now() - started > PATIENCE_MS) {
      throw new SetupFailure(`Another setup does not finish: if none is running, delete ${path}.`);
    }
    await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
