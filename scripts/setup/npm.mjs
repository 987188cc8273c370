import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, delimiter, join, sep } from 'node:path';
import { SetupFailure } from './failure.mjs';

/** npm 7 brought the lockfile format; 8.19 is the oldest that installs this one rightly. */
const OLDEST = [8, 19];

/** PATH without the project's own binaries: npm must not run on the Node that it is about to replace. */
function outsidePath(env) {
  const own = `${sep}node_modules${sep}.bin`;
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.endsWith(own))
    .join(delimiter);
}

/** The npm that started this script, on the Node that it runs on; else the npm on the PATH. */
function command(env, root) {
  const { npm_execpath: script, npm_node_execpath: node } = env;
  const known = script !== undefined && basename(script) === 'npm-cli.js' && existsSync(script);
  // A Node in the folder that npm ci empties is left alone.
  if (known && node !== undefined && existsSync(node) && !node.startsWith(join(root, 'node_modules'))) {
    return { file: node, args: [script] };
  }
  return { file: 'npm', args: [] };
}

/** Finds npm and checks its version; fails with one sentence if there is none or it is too old. */
export function findNpm(env, root) {
  const { file, args } = command(env, root);
  const path = outsidePath(env);
  const probe = spawnSync(file, [...args, '--version'], { env: { ...env, PATH: path }, encoding: 'utf8' });
  if (probe.error !== undefined || probe.status !== 0) {
    throw new SetupFailure('npm was not found: install npm 9 or newer (Debian and Ubuntu: apt install npm).');
  }
  const version = probe.stdout.trim();
  const [major, minor] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new SetupFailure(
      `npm ${version} is too old: install npm 9 or newer (npm install --global npm@10).`,
    );
  }
  return { file, args, path };
}

/**
 * The environment for `npm ci`. npm leaves out an optional package whose `engines` do not fit the Node that npm
 * runs on, but it is the pinned Node that will load it (rolldown's binding would be missing on Node 18).
 * npm has no option for that since version 9, so `process.version` is set before npm reads it.
 */
export function npmEnvironment(env, npm, root) {
  const preload = join(root, 'scripts', 'setup', 'pretend-pinned-node.cjs').replaceAll('\\', '\\\\');
  const nodeOptions = `${env.NODE_OPTIONS ?? ''} --require "${preload}"`.trim();
  return { ...env, PATH: npm.path, NODE_OPTIONS: nodeOptions };
}
