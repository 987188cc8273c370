import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shell } from '../../scripts/docker/shell.ts';
import { keepFolder } from '../../scripts/vllm/kept-folder.ts';

/** What the search for wrk needs. */
export interface WrkDeps {
  readonly shell: Shell;
  /** The folder that keeps what was fetched once. */
  readonly cache: string;
  /** True for root, who may refresh the list of packages. */
  readonly isRoot: boolean;
  readonly say: (line: string) => void;
}

/** A wrk that runs. */
export interface Wrk {
  /** The program, and what has to stand in front of its arguments. */
  readonly command: readonly [string, ...string[]];
  /** As it says itself. */
  readonly version: string;
}

/** Debian's packages of wrk and of the one library of it that other machines have not got. */
const PACKAGES = ['wrk', 'libluajit-5.1-2'];

/** Finds wrk on the PATH, or unpacks Debian's into the cache; undefined where neither can be had. */
export async function findWrk(deps: WrkDeps): Promise<Wrk | undefined> {
  const here = await asWrk(deps, ['wrk']);
  if (here !== undefined) return here;
  const folder = await unpack(deps).catch(() => undefined);
  if (folder === undefined) return undefined;
  const libraries = (await readdir(join(folder, 'usr/lib'))).map((name) => join(folder, 'usr/lib', name));
  return asWrk(deps, ['env', `LD_LIBRARY_PATH=${libraries.join(':')}`, join(folder, 'usr/bin/wrk')]);
}

/** It tells its version with a status of 1. */
async function asWrk({ shell }: WrkDeps, command: Wrk['command']): Promise<Wrk | undefined> {
  const [program, ...args] = command;
  const { stdout, stderr } = await shell.try(program, [...args, '-v']);
  const [version] = /^wrk \S*\d\S*/.exec(`${stdout}${stderr}`) ?? [];
  return version === undefined ? undefined : { command, version };
}

function unpack({ shell, cache, isRoot, say }: WrkDeps): Promise<string> {
  return keepFolder({ cache, name: 'wrk', from: PACKAGES }, async (folder) => {
    say("Unpacking Debian's package wrk (once).");
    if (isRoot) await shell.try('apt-get', ['update', '-qq']);
    await shell.run('sh', ['-c', 'cd "$1" && shift && apt-get download -qq "$@"', 'sh', folder, ...PACKAGES]);
    for (const archive of (await readdir(folder)).filter((name) => name.endsWith('.deb'))) {
      await shell.run('dpkg-deb', ['-x', join(folder, archive), folder]);
    }
  });
}
