import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

async function groups(): Promise<readonly string[]> {
  const entries = await readdir(ROOT, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
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
