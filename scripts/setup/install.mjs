import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode, pinnedVersion } from '../../bin/pinned-node.mjs';
import { runChild } from '../../bin/run-child.mjs';
import { SetupFailure } from './failure.mjs';
import { findNpm, npmEnvironment } from './npm.mjs';

/** `npm ci` whatever the user's npm settings leave out; no package here needs its install script. */
const CI = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--include=peer', '--no-audit'];

function stampPath(root) {
  return join(root, 'node_modules', '.serin-setup');
}

/** What the installed packages depend on: the lockfile, and the platform where a folder is shared. */
function wantedStamp(root) {
  const lockfile = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lockfile).digest('hex')} ${process.platform}-${process.arch}`;
}

/** True if `npm ci` has run to its end for this lockfile on this platform. */
export function isInstalled(root) {
  const path = stampPath(root);
  return (
    existsSync(path) && readFileSync(path, 'utf8') === wantedStamp(root) && pinnedNode(root) !== undefined
  );
}

/** One sentence for a Node that is there and does not start; minimal systems come without libatomic. */
function doesNotRun(version, { error, stderr, stdout }) {
  const said = (error?.message ?? (stderr || stdout)).trim().split('\n')[0];
  const library = /(lib\S+): cannot open shared object file/.exec(said)?.[1];
  if (library === 'libatomic.so.1') {
    return `The pinned Node ${version} needs ${library}: install it (Debian and Ubuntu: apt install libatomic1, Fedora: dnf install libatomic).`;
  }
  return `The pinned Node ${version} does not run here (${said}): it needs glibc 2.28 or newer on Linux, and macOS 13.5 or newer.`;
}

/** The pinned Node's absolute path, checked by running it. */
export function checkedNode(root) {
  const node = pinnedNode(root);
  const version = pinnedVersion(root);
  if (node === undefined) {
    throw new SetupFailure(
      `npm left out the package with Node ${version}: check that npm's "omit" setting is empty.`,
    );
  }
  const probe = spawnSync(node, ['--version'], { encoding: 'utf8' });
  if (probe.stdout?.trim() !== `v${version}`) {
    rmSync(stampPath(root), { force: true });
    throw new SetupFailure(doesNotRun(version, probe));
  }
  return node;
}

/** Runs `npm ci`. The stamp goes first and comes back last, so that a broken run is done again. */
export async function install(root, env) {
  const npm = findNpm(env, root);
  rmSync(stampPath(root), { force: true });
  const code = await runChild(npm.file, [...npm.args, ...CI], {
    cwd: root,
    env: npmEnvironment(env, npm, root),
  });
  if (code !== 0) {
    throw new SetupFailure(
      `npm ci failed (exit status ${code}); npm's own message stands above. Run the command again once it is mended.`,
    );
  }
  checkedNode(root);
  writeFileSync(stampPath(root), wantedStamp(root));
}
