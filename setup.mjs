// Brings everything that a task needs (packages, the pinned Node, a build), then runs the task on the pinned
// Node. Runs on Node 18 and newer, without dependencies: node setup.mjs TASK [ARGUMENTS]
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './bin/run-child.mjs';
import { build, isBuilt } from './scripts/setup/build.mjs';
import { SetupFailure } from './scripts/setup/failure.mjs';
import { checkedNode, install, isInstalled } from './scripts/setup/install.mjs';
import { withLock } from './scripts/setup/lock.mjs';
import { checkPlatform } from './scripts/setup/platform.mjs';
import { BUILD, TASKS } from './scripts/setup/tasks.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const say = (line) => process.stderr.write(`${line}\n`);

/** Runs `work` under the lock unless `isDone` says, before and after waiting, that there is nothing to do. */
async function once(isDone, work) {
  if (isDone()) return;
  const lock = join(root, '.cache', 'setup.lock');
  await withLock(lock, async () => (isDone() ? undefined : work()), say);
}

async function buildOnce(node, env) {
  await once(
    () => isBuilt(root),
    () => build(root, node, env),
  );
  return 0;
}

async function main([task, ...args]) {
  if (!Object.hasOwn(TASKS, task ?? '')) {
    throw new SetupFailure(`Usage: node setup.mjs ${Object.keys(TASKS).join('|')} [arguments]`);
  }
  checkPlatform();
  await once(
    () => isInstalled(root),
    () => {
      say('Installing the packages of package-lock.json (once).');
      return install(root, process.env);
    },
  );
  const node = checkedNode(root);
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  for (const step of TASKS[task](args)) {
    const code = step === BUILD ? await buildOnce(node, env) : await runChild(node, step, { cwd: root, env });
    if (code !== 0) return code;
  }
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  say(error.message);
  process.exitCode = 1;
}
