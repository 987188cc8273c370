import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../docker/shell.ts';
import { keepFolder } from '../vllm/kept-folder.ts';

/** What the search for Prometheus needs. */
export interface PrometheusDeps {
  readonly shell: Shell;
  /** The folder that keeps what was fetched once. */
  readonly cache: string;
  /** True for root, who may refresh the list of packages. */
  readonly isRoot: boolean;
  readonly say: (line: string) => void;
}

const NONE =
  'There is no prometheus or no promtool on the PATH: install both (Debian and Ubuntu: apt install prometheus; macOS: brew install prometheus).';

/**
 * Finds `prometheus` and `promtool` on the PATH, or unpacks Debian's package into the cache: installing it would start
 * a service. Resolves with the folders to search, and throws with a sentence that says what to install.
 */
export async function providePrometheus({
  shell,
  cache,
  isRoot,
  say,
}: PrometheusDeps): Promise<readonly string[]> {
  const found = await Promise.all(['prometheus', 'promtool'].map((name) => shell.try(name, ['--version'])));
  if (found.every(({ code }) => code === 0)) return [];
  if ((await shell.try('apt-get', ['--version'])).code !== 0) throw new Error(NONE);
  const folder = await keepFolder({ cache, name: 'prometheus', from: ['debian'] }, async (target) => {
    say("Unpacking Debian's package prometheus (once).");
    if (isRoot) await shell.run('apt-get', ['update', '-qq']);
    await shell.run('sh', ['-c', 'cd "$1" && apt-get download -qq prometheus', 'sh', target]);
    const [archive] = (await readdir(target)).filter((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new Error(NONE);
    await shell.run('dpkg-deb', ['-x', join(target, archive), target]);
  });
  return [join(folder, 'usr/bin')];
}
