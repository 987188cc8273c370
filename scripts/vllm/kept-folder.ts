import { createHash } from 'node:crypto';
import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of the cache that is expensive to make. */
export interface KeptFolder {
  readonly cache: string;
  readonly name: string;
  /** All that the folder's content depends on: a change of it makes the folder anew. */
  readonly from: readonly string[];
}

/** Written last, so that a folder whose making was cut off is made anew. */
const STAMP = 'complete';
const KEY_LENGTH = 12;

/** The folder's path, after `make` has filled it if it is not complete; older versions of it are removed. */
export async function keepFolder(
  { cache, name, from }: KeptFolder,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(from)).digest('hex').slice(0, KEY_LENGTH);
  const folder = join(cache, `${name}-${key}`);
  if (await exists(join(folder, STAMP))) return folder;
  await mkdir(cache, { recursive: true });
  const version = new RegExp(`^${name}-[0-9a-f]{${KEY_LENGTH}}$`);
  for (const entry of (await readdir(cache)).filter((each) => version.test(each)))
    await rm(join(cache, entry), { recursive: true });
  await mkdir(folder);
  await make(folder);
  await writeFile(join(folder, STAMP), '');
  return folder;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
