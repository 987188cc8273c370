import { expect, test } from 'vitest';
import type { Ended, Shell } from '../../scripts/docker/shell.ts';
import { provideChromium } from '../../scripts/page/chromium.ts';

const say = () => undefined;

/** A machine that has some programs; one that has `apt-get` gets Chromium by it. */
function machine(...programs: readonly string[]) {
  const there = new Set(programs);
  const commands: string[] = [];
  const attempt = async (file: string, args: readonly string[]): Promise<Ended> => {
    const [first = ''] = args;
    commands.push([file, ...args].join(' '));
    if (file === 'apt-get' && first === 'install' && there.has('honest')) there.add('chromium');
    const found = there.has(file === 'which' ? first : file);
    return { code: found ? 0 : 127, stdout: found ? `/usr/bin/${first}\n` : '', stderr: '' };
  };
  const shell: Shell = { try: attempt, run: async (file, args) => (await attempt(file, args)).stdout };
  const provide = (mayInstall: boolean, named?: string) => provideChromium({ shell, named, mayInstall, say });
  return { commands, provide };
}

test('a browser that is named is taken without a look, and one that is there by any of its names', async () => {
  const { commands, provide } = machine('google-chrome');
  expect([await provide(false, '/opt/browser'), commands]).toEqual(['/opt/browser', []]);
  expect(await provide(false)).toBe('/usr/bin/google-chrome');
});

test('root on Debian gets it installed', async () => {
  const { commands, provide } = machine('apt-get', 'honest');
  expect(await provide(true)).toBe('/usr/bin/chromium');
  expect(commands).toContain('apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core');
});

test('where it cannot be had, what to install is told', async () => {
  const none = 'There is no Chromium on the PATH: install it';
  await expect(machine('apt-get', 'honest').provide(false)).rejects.toThrow(none);
  await expect(machine().provide(true)).rejects.toThrow(none);
  await expect(machine('apt-get').provide(true)).rejects.toThrow(none);
});
