import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';
const OF_THE_RUNTIME = /\/k8s\.io(\/|$)/;

async function groups(): Promise<readonly string[]> {
  const entries = await readdir(ROOT, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  return paths.filter((path) => OF_THE_RUNTIME.test(path));
}

/**
 * Notes the control groups of this machine before a container runtime is started; the result removes those that
 * have been added since and hold no process. They are the one thing that does not end with the namespaces.
 */
export async function rememberCgroups(): Promise<() => Promise<void>> {
  const before = new Set(await groups());
  return async () => {
    const added = (await groups()).filter((path) => !before.has(path));
    // Children first.
    for (const path of added.toReversed()) await rmdir(path).catch(() => undefined);
  };
}
