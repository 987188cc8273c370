import type { Shell } from '../docker/shell.ts';

/** What the search for a browser needs. */
export interface ChromiumDeps {
  readonly shell: Shell;
  /** A browser that the user named. */
  readonly named: string | undefined;
  /** True for root, who may install a package. */
  readonly mayInstall: boolean;
  readonly say: (line: string) => void;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const PACKAGES = ['chromium', 'fonts-dejavu-core'];
const NONE =
  'There is no Chromium on the PATH: install it (Debian: apt install chromium) or name one by SERIN_CHROMIUM.';

/** Finds Chromium, or installs Debian's; throws with a sentence that says what to install. */
export async function provideChromium({ shell, named, mayInstall, say }: ChromiumDeps): Promise<string> {
  const found = named ?? (await findHere(shell));
  if (found !== undefined) return found;
  if (!mayInstall || (await shell.try('apt-get', ['--version'])).code !== 0) throw new Error(NONE);
  say(`Installing Chromium (${PACKAGES.join(', ')}).`);
  await shell.run('apt-get', ['update', '-qq']);
  await shell.run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...PACKAGES]);
  const installed = await findHere(shell);
  if (installed === undefined) throw new Error(NONE);
  return installed;
}

async function findHere(shell: Shell): Promise<string | undefined> {
  for (const name of NAMES) {
    const { code, stdout } = await shell.try('which', [name]);
    if (code === 0) return stdout.trim();
  }
  return undefined;
}
