import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { statusCommand } from '../../src/commands/status.ts';
import { freePort } from '../../src/demo/free-port.ts';
import { type AdminOptions, startAdmin } from '../../src/server/admin.ts';
import { createAdminGuard } from '../../src/server/admin-guard.ts';
import { statusLines } from '../../src/status/status-text.ts';
import { statusWith } from '../page/statuses.ts';
import { makeFolder } from '../sources/files/following.ts';

const TEXT = `${statusLines(statusWith()).join('\n')}\n`;

/** Something that answers `/debug/status`, at its `host:port`. */
async function startSerin(value: unknown = statusWith(), options: Partial<AdminOptions> = {}) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const page = () => ({ status: 200, type: 'application/json', text: JSON.stringify(value) });
  const pages = new Map([['/debug/status', page]]);
  const port = await startAdmin({ host: '127.0.0.1', port: 0, pages, ...options }, stop.signal);
  return { at: `127.0.0.1:${port}`, stop: () => stop.abort() };
}

/** Begins `serin status`. */
function begin(argv: readonly string[], isTTY = false) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const told = { out: [] as string[], err: [] as string[], status: 0 };
  const command = statusCommand({
    signal: stop.signal,
    stdout: { isTTY, write: (text) => told.out.push(text) },
    stderr: { write: (text) => told.err.push(text) },
    exit: (status) => {
      told.status = status;
    },
  });
  const all = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  const ended = all
    .addCommand(command.copyInheritedSettings(all))
    .parseAsync(['status', ...argv], { from: 'user' });
  return { told, ended, stop: () => stop.abort() };
}

async function run(...argv: readonly string[]) {
  const { told, ended } = begin(argv);
  await ended;
  return told;
}

test('shows what a running Serin tells', async () => {
  const { at } = await startSerin();
  expect(await run('--serin', at)).toEqual({ out: [TEXT], err: [], status: 0 });
});

test('-o json gives scripts the whole document', async () => {
  const { at } = await startSerin({ ...statusWith(), later: 1 });
  const { out } = await run('--serin', at, '-o', 'json');
  expect(JSON.parse(out.join(''))).toEqual({ ...statusWith(), later: 1 });
});

describe('--watch', () => {
  test('draws over what a terminal showed before, until Ctrl-C', async () => {
    const { at } = await startSerin();
    const { told, ended, stop } = begin(['--serin', at, '--watch'], true);
    await vi.waitFor(() => expect(told.out.length).toBeGreaterThan(2), 10_000);
    stop();
    await ended;
    expect(told.out.slice(0, 3)).toEqual(['\u001b[2J', `\u001b[H\u001b[J${TEXT}`, `\u001b[H\u001b[J${TEXT}`]);
    expect(told.status).toBe(0);
  });

  test('gives scripts a line of JSON each second, and goes on when Serin is away', async () => {
    const { at, stop } = await startSerin();
    const { told } = begin(['--serin', at, '-w', '-o', 'json'], true);
    await vi.waitFor(() => expect(told.out).toHaveLength(1), 10_000);
    stop();
    await vi.waitFor(() => expect(told.err.length).toBeGreaterThan(1), 10_000);
    expect(told.out).toEqual([`${JSON.stringify(statusWith())}\n`]);
  });
});

describe('ends with status 1 and says so', () => {
  test('if nothing listens', async () => {
    const port = await freePort();
    expect(await run('--serin', `127.0.0.1:${port}`)).toEqual({
      out: [],
      err: [
        `serin status: nothing answers at 127.0.0.1:${port}; in a cluster: kubectl port-forward deployment/serin 9091; elsewhere: --serin HOST:PORT\n`,
      ],
      status: 1,
    });
  });

  test('if something else listens', async () => {
    const { at } = await startSerin(undefined, { pages: new Map() });
    const { err, status } = await run('--serin', at);
    const problem = 'there is no /debug/status: it is another program, or another port of Serin';
    expect([err, status]).toEqual([[`serin status: ${at}: ${problem}\n`], 1]);
  });

  test('if Serin is of another version', async () => {
    for (const value of [{ ...statusWith(), version: 2 }, 'x']) {
      const { at } = await startSerin(value);
      const { err } = await run('--serin', at);
      expect(err).toEqual([`serin status: ${at}: its status is of another version than this program\n`]);
    }
  });

  test('if a token is wanted, which a file may hold', async () => {
    const authorize = async ({ token }: { readonly token: string }) =>
      token === 'good' ? ({ kind: 'allowed' } as const) : ({ kind: 'stranger' } as const);
    const { at } = await startSerin(undefined, {
      guard: createAdminGuard({ hosts: [], open: new Set(), authorize }),
    });
    const { err, status } = await run('--serin', at);
    expect([err, status]).toEqual([
      [`serin status: ${at}: 401 a bearer token of the cluster is needed\n`],
      1,
    ]);
    const file = join(await makeFolder(), 'token');
    await writeFile(file, 'good\n');
    expect((await run('--serin', at, '--token-file', file)).out).toEqual([TEXT]);
    const away = await run('--serin', at, '--token-file', `${file}-none`);
    expect(away.err).toEqual([expect.stringContaining(`serin status: --token-file ${file}-none: ENOENT`)]);
  });
});

test('a malformed address is an error before anything is asked', async () => {
  await expect(run('--serin', 'nowhere')).rejects.toThrow('host:port expected');
});
