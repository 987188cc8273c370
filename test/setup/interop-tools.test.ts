import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ended, Shell } from '../../scripts/docker/shell.ts';
import { provideGoTools } from '../../scripts/interop/go-tools.ts';
import { provideNghttp2 } from '../../scripts/interop/nghttp2.ts';

let cache = '';
let commands: string[] = [];
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'serin-tools-'));
  commands = [];
});
afterEach(() => rm(cache, { recursive: true }));

const say = () => undefined;
const MISSING = 127;

/** A machine on which every program succeeds unless `special` says otherwise; it notes what was run. */
function machine(special: (command: string) => Partial<Ended> | undefined): Shell {
  const attempt = async (file: string, args: readonly string[]): Promise<Ended> => {
    const command = [file, ...args].join(' ');
    commands.push(command);
    return { code: 0, stdout: '', stderr: '', ...special(command) };
  };
  return {
    try: attempt,
    run: async (file, args) => {
      const { code, stdout } = await attempt(file, args);
      if (code !== 0) throw new Error(`${file} failed`);
      return stdout;
    },
  };
}

describe('the Go programs', () => {
  const go = (version: string) =>
    machine((command) => (command === 'go env GOVERSION' ? { stdout: `${version}\n` } : undefined));
  const built = () => commands.flatMap((command) => /(\w+)@v|serin-grpc-go/.exec(command)?.[0] ?? []);

  it('are built once for a version of Go', async () => {
    const first = await provideGoTools({ shell: go('go1.26.1'), cache, say });
    expect(built()).toEqual(['h2spec@v', 'grpcurl@v', 'serin-grpc-go']);
    expect(await provideGoTools({ shell: go('go1.26.1'), cache, say })).toEqual(first);
    expect(built()).toHaveLength(3);
    await provideGoTools({ shell: go('go1.26.2'), cache, say });
    expect(built()).toHaveLength(6);
  });

  it('cannot be there without Go', async () => {
    const shell = machine(() => ({ code: MISSING }));
    await expect(provideGoTools({ shell, cache, say })).rejects.toThrow(
      'Go is missing: install Go 1.26 or newer (https://go.dev/doc/install), and put it on the PATH.',
    );
  });
});

describe("nghttp2's programs", () => {
  const install = 'apt-get install -y -qq --no-install-recommends nghttp2-client';
  /** A machine that has them after the installation alone. */
  const bare = () =>
    machine((command) =>
      command.startsWith('h2load') && !commands.includes(install) ? { code: MISSING } : undefined,
    );

  it('are taken from the PATH', async () => {
    await provideNghttp2({ shell: machine(() => undefined), mayInstall: true, say });
    expect(commands).toEqual(['h2load --version', 'nghttp --version']);
  });

  it('are installed by root where they are missing', async () => {
    await provideNghttp2({ shell: bare(), mayInstall: true, say });
    expect(commands.filter((command) => command.startsWith('apt-get'))).toEqual([
      'apt-get --version',
      'apt-get update -qq',
      install,
    ]);
  });

  it('are asked for in one sentence where nobody may install them', async () => {
    const sentence = 'There is no h2load or no nghttp on the PATH: install both (Debian and Ubuntu: apt';
    await expect(provideNghttp2({ shell: bare(), mayInstall: false, say })).rejects.toThrow(sentence);
    const noDebian = machine((command) =>
      /^(h2load|apt-get)/.test(command) ? { code: MISSING } : undefined,
    );
    await expect(provideNghttp2({ shell: noDebian, mayInstall: true, say })).rejects.toThrow(sentence);
  });
});
