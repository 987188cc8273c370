import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { provideGrpcio } from '../../scripts/grpcio/provide.ts';
import type { CommandResult } from '../../src/envoy-binary/run-command.ts';

let cache = '';
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'serin-grpcio-'));
});
afterEach(() => rm(cache, { recursive: true }));

/** Provides on a machine with this Python, whose pip ends so; notes pip's calls and what was said. */
async function provide(version: string, pip: CommandResult) {
  const noted: { readonly pip: string[]; readonly said: string[] } = { pip: [], said: [] };
  const provided = provideGrpcio({
    cache,
    env: {},
    signal: new AbortController().signal,
    say: (line) => noted.said.push(line),
    run: async (file, args) => {
      if (args[0] === '-c')
        return { kind: 'ended', code: 0, stdout: `/usr/bin/${file} ${version}\n`, stderr: '' };
      noted.pip.push(file);
      return pip;
    },
  });
  return { noted, provided };
}

const done = { kind: 'ended', code: 0, stdout: '', stderr: '' } as const;

test('fetches the packages once for a Python', async () => {
  const first = await provide('3 11', done);
  const { python, packages } = await first.provided;
  expect({ python, pip: first.noted.pip, said: first.noted.said.length }).toEqual({
    python: '/usr/bin/python3',
    pip: ['/usr/bin/python3'],
    said: 1,
  });
  const second = await provide('3 11', done);
  expect([await second.provided, second.noted]).toEqual([
    { python, packages },
    { pip: [], said: [] },
  ]);
  const other = await provide('3 12', done);
  await other.provided;
  expect(other.noted.pip).toEqual(['/usr/bin/python3']);
});

test('says why pip failed, and tries again the next time', async () => {
  const failed = { ...done, code: 1, stderr: 'ERROR: one\n/usr/bin/python3: No module named pip\n' };
  await expect((await provide('3 11', failed)).provided).rejects.toThrow(
    'pip of /usr/bin/python3 could not fetch grpcio==1.80.0 and protobuf==6.33.1: /usr/bin/python3: No module named pip',
  );
  const again = await provide('3 11', done);
  await again.provided;
  expect(again.noted.pip).toEqual(['/usr/bin/python3']);
});

test('says which Python is needed', async () => {
  await expect((await provide('3 8', done)).provided).rejects.toThrow(
    "The tests' gRPC client needs Python 3.9 to 3.14, but python3 is 3.8,",
  );
});
