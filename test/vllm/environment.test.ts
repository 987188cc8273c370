import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareVllm } from '../../scripts/vllm/environment.ts';
import type { CommandResult, RunCommand } from '../../src/envoy-binary/run-command.ts';

let cache: string;
let commands: string[];
let said: string[];
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'serin-cache-'));
  commands = [];
  said = [];
});
afterEach(() => rm(cache, { recursive: true }));

function ended(code: number, stdout = '', stderr = ''): CommandResult {
  return { kind: 'ended', code, stdout, stderr };
}

/** A machine whose commands succeed unless `special` says otherwise; a download lays down a wheel. */
function machine(special: (command: string) => CommandResult | undefined = () => undefined): RunCommand {
  return async (file, args) => {
    const command = [file, ...args].join(' ').replaceAll(cache, 'CACHE');
    commands.push(command);
    const result = special(command);
    if (result !== undefined) return result;
    if (command.includes('version_info')) return ended(0, '/usr/bin/python3 3 12\n');
    const wheels = args[args.indexOf('--dest') + 1];
    if (args.includes('download') && wheels !== undefined) await writeFile(join(wheels, 'vllm.whl'), '');
    return ended(0);
  };
}

function prepare(
  run: RunCommand,
  changes: { readonly platform?: string; readonly adapters?: string[] } = {},
) {
  const signal = new AbortController().signal;
  const say = (line: string) => void said.push(line);
  return prepareVllm({ cache, adapters: ['one'], env: {}, platform: 'linux', signal, run, say, ...changes });
}

const installs = () => commands.filter((command) => command.includes('--constraint')).length;
const models = () => commands.filter((command) => command.includes('make_model.py')).length;

describe('prepareVllm', () => {
  it('installs once, and says each step', async () => {
    const first = await prepare(machine());
    expect(await prepare(machine())).toEqual(first);
    expect([installs(), models()]).toEqual([1, 1]);
    expect(said.map((line) => line.slice(0, 3))).toEqual(['Ins', '1/4', '2/4', '3/4', '4/4', 'Mak']);
  });

  it('begins anew what was cut off', async () => {
    const broken = machine((command) => (command.includes('--constraint') ? ended(1) : undefined));
    await expect(prepare(broken)).rejects.toThrow('failed with status 1');
    await prepare(machine());
    expect([installs(), models()]).toEqual([2, 1]);
  });

  it('removes an older version once it makes a newer one', async () => {
    await prepare(machine(), { adapters: ['one'] });
    await prepare(machine(), { adapters: ['one', 'two'] });
    expect([installs(), models()]).toEqual([1, 2]);
    expect((await readdir(cache)).map((name) => name.replace(/-[0-9a-f]+$/, ''))).toEqual([
      'vllm',
      'vllm-model',
    ]);
  });

  it('installs anew for another Python', async () => {
    await prepare(machine());
    const other = (command: string) =>
      command.includes('version_info') ? ended(0, '/bin/python3 3 13\n') : undefined;
    await prepare(machine(other));
    expect([installs(), models()]).toEqual([2, 2]);
  });

  it('takes the pip of the system where venv brings none', async () => {
    const bare = (command: string) => (/-m venv CACHE/.test(command) ? ended(1) : undefined);
    await prepare(machine(bare));
    expect(commands.some((command) => command.includes('-m venv --clear --without-pip'))).toBe(true);
    expect(installs()).toBe(1);
  });

  it('says what to install where there is neither', async () => {
    const bare = (command: string) => (/-m (venv|pip) /.test(command) ? ended(1) : undefined);
    await expect(prepare(machine(bare))).rejects.toThrow('apt-get install python3-venv python3-pip');
  });

  it('says which Python is there and which is needed', async () => {
    const old = (command: string) =>
      command.startsWith('python3 ')
        ? ended(0, '/usr/bin/python3 3 9\n')
        : ({ kind: 'unstartable', problem: 'ENOENT' } as const);
    await expect(prepare(machine(old))).rejects.toThrow(
      'vLLM needs Python 3.11 to 3.14, but python3 is 3.9: install one, with venv and pip.',
    );
    const none = () => ({ kind: 'unstartable', problem: 'ENOENT' }) as const;
    await expect(prepare(machine(none))).rejects.toThrow('there is no python3 on the PATH');
  });

  it('tells the last words of a command that failed', async () => {
    const full = (command: string) =>
      command.includes('download') ? ended(1, '', 'ERROR: no space left\n') : undefined;
    await expect(prepare(machine(full))).rejects.toThrow('ERROR: no space left');
  });

  it('refuses a system for which there is no wheel', async () => {
    await expect(prepare(machine(), { platform: 'darwin' })).rejects.toThrow('runs on Linux only');
  });
});
