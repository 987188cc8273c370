import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../../bin/run-child.mjs';
import { SetupFailure } from './failure.mjs';

const INPUTS = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const STAMP = '.stamp';

function sources(root) {
  return readdirSync(join(root, 'src'), { recursive: true })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join('src', path))
    .sort();
}

function wantedStamp(root) {
  const hash = createHash('sha256');
  for (const path of [...INPUTS, ...sources(root)]) {
    hash.update(`${path}\0`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

/** True if `dist/` was built from the sources as they are. */
export function isBuilt(root) {
  const path = join(root, 'dist', STAMP);
  return existsSync(path) && readFileSync(path, 'utf8') === wantedStamp(root);
}

/** Compiles into a folder beside `dist/` and swaps the two: no stale file, and never half a build. */
export async function build(root, node, env) {
  const stamp = wantedStamp(root);
  const fresh = join(root, `dist.new`);
  const old = join(root, 'dist.old');
  for (const folder of [fresh, old]) rmSync(folder, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const code = await runChild(node, [tsc, '-p', 'tsconfig.build.json', '--outDir', fresh], {
    cwd: root,
    env,
  });
  if (code !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new SetupFailure('The build failed; the compiler’s messages stand above.');
  }
  writeFileSync(join(fresh, STAMP), stamp);
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old);
  renameSync(fresh, join(root, 'dist'));
  rmSync(old, { recursive: true, force: true });
}
