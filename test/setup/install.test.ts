import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProject } from './project.ts';

const CI = 'v26.10.0 ci --ignore-scripts --include=dev --include=optional --include=peer --no-audit\n';
const DEMO = ['setup.mjs', 'demo'];

test('installs the packages once and hands the arguments to the task', async () => {
  const project = await createProject();
  const first = await project.run([...DEMO, '--exit', '--requests', '7']);
  const second = await project.run(DEMO);
  expect(first.stderr).toBe('Installing the packages of package-lock.json (once).\n');
  expect(JSON.parse(first.stdout).args).toEqual(['demo', '--exit', '--requests', '7']);
  expect({ ...second, stdout: JSON.parse(second.stdout).args }).toEqual({
    code: 0,
    stderr: '',
    stdout: ['demo'],
  });
  expect(await project.read('npm-calls')).toBe(CI);
});

test('starts the pinned Node by its absolute path', async () => {
  const project = await createProject();
  const { stdout } = await project.run(DEMO);
  const name =
    process.platform === 'darwin' ? `node-bin-darwin-${process.arch}` : `node-linux-${process.arch}`;
  expect(JSON.parse(stdout).node).toBe(join(project.folder, 'node_modules', name, 'bin', 'node'));
});

test('installs again once the lockfile has changed', async () => {
  const project = await createProject();
  await project.run(DEMO);
  await project.write('package-lock.json', '{"second": true}');
  await project.run(DEMO);
  expect(await project.read('npm-calls')).toBe(CI + CI);
});

test('installs again after an installation that failed half-way', async () => {
  const project = await createProject();
  await project.run(DEMO);
  await project.write('package-lock.json', '{"second": true}');
  const failed = await project.run(DEMO, { NPM_EXIT: '9' });
  expect({ code: failed.code, stdout: failed.stdout }).toEqual({ code: 1, stdout: '' });
  expect(failed.stderr).toContain('npm ci failed (exit status 9)');
  await project.write('package-lock.json', '{"first": true}');
  expect((await project.run(DEMO)).code).toBe(0);
  expect(await project.read('npm-calls')).toBe(CI + CI + CI);
});

test('installs once when several runs start together, also beside the lock of a dead run', async () => {
  const project = await createProject();
  const dead = await project.run(['-p', 'process.pid']);
  await project.write('.cache/setup.lock', dead.stdout.trim());
  const runs = await Promise.all([project.run(DEMO), project.run(DEMO), project.run(DEMO)]);
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(await project.read('npm-calls')).toBe(CI);
  expect(await project.read('tsc-calls')).toBe('build\n');
});

test('lets npm choose packages for the pinned Node on an older one', async () => {
  const project = await createProject();
  const older = "Object.defineProperty(process, 'version', { value: 'v18.20.8', configurable: true });";
  expect((await project.run(DEMO, {}, older)).code).toBe(0);
  expect(await project.read('npm-calls')).toBe(CI);
});

test('uses the npm that started it rather than the one on the PATH', async () => {
  const project = await createProject();
  await project.write('other/package.json', '{}');
  await project.write('other/npm-cli.js', await project.read('machine/npm'));
  await project.write('machine/npm', '#!/bin/sh\nexit 1\n');
  const env = {
    npm_execpath: join(project.folder, 'other/npm-cli.js'),
    npm_node_execpath: process.execPath,
  };
  expect((await project.run(DEMO, env)).code).toBe(0);
  expect(await project.read('npm-calls')).toBe(CI);
});

test.each([
  [
    'no such loader',
    'The pinned Node 26.10.0 does not run here (no such loader): it needs glibc 2.28 or newer on Linux, and macOS 13.5 or newer.',
  ],
  [
    'node: error while loading shared libraries: libatomic.so.1: cannot open shared object file: No such file',
    'The pinned Node 26.10.0 needs libatomic.so.1: install it (Debian and Ubuntu: apt install libatomic1, Fedora: dnf install libatomic).',
  ],
])('says in one sentence that the pinned Node does not run: %s', async (message, sentence) => {
  const project = await createProject();
  await project.write('broken-node', `#!/bin/sh\necho "${message}" >&2\nexit 1\n`);
  const { code, stderr } = await project.run(DEMO, { NPM_NODE: 'broken-node' });
  expect({ code, said: stderr.trim().split('\n').at(-1) }).toEqual({ code: 1, said: sentence });
});
