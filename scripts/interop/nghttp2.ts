import type { Shell } from '../docker/shell.ts';

/** What the search for nghttp2's programs needs. */
export interface Nghttp2Deps {
  readonly shell: Shell;
  /** True for root, who may install a package. */
  readonly mayInstall: boolean;
  readonly say: (line: string) => void;
}

const PACKAGE = 'nghttp2-client';
const NONE = `There is no h2load or no nghttp on the PATH: install both (Debian and Ubuntu: apt install ${PACKAGE}; macOS: brew install nghttp2).`;

/** Makes sure that `h2load` and `nghttp` are on the PATH; throws with a sentence that says what to install. */
export async function provideNghttp2({ shell, mayInstall, say }: Nghttp2Deps): Promise<void> {
  if (await isThere(shell)) return;
  if (!mayInstall || (await shell.try('apt-get', ['--version'])).code !== 0) throw new Error(NONE);
  say(`Installing h2load and nghttp (${PACKAGE}).`);
  await shell.run('apt-get', ['update', '-qq']);
  await shell.run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', PACKAGE]);
  if (!(await isThere(shell))) throw new Error(NONE);
}

async function isThere(shell: Shell): Promise<boolean> {
  const found = await Promise.all(['h2load', 'nghttp'].map((name) => shell.try(name, ['--version'])));
  return found.every(({ code }) => code === 0);
}
