import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createProject } from './project.ts';

const DEMO = ['setup.mjs', 'demo'];

test('builds again only after a source has changed, and keeps no stale file', async () => {
  const project = await createProject();
  await project.write('src/gone.ts', '');
  await project.run(DEMO);
  await project.run(DEMO);
  expect(await project.read('tsc-calls')).toBe('build\n');
  await project.run(['-e', "require('node:fs').rmSync('src/gone.ts')"]);
  await project.run(DEMO);
  expect(await project.read('tsc-calls')).toBe('build\nbuild\n');
  await expect(access(join(project.folder, 'dist/gone.js'))).rejects.toThrow('ENOENT');
});

test('a build that fails leaves the last one and is tried again', async () => {
  const project = await createProject();
  await project.run(['setup.mjs', 'build']);
  const before = await project.read('dist/.stamp');
  await project.write('src/more.ts', '');
  const failed = await project.run(DEMO, { TSC_EXIT: '2' });
  expect({ code: failed.code, stdout: failed.stdout }).toEqual({ code: 1, stdout: '' });
  expect(await project.read('dist/.stamp')).toBe(before);
  expect((await project.run(DEMO)).code).toBe(0);
});

test('ends with the exit status of the task', async () => {
  const project = await createProject();
  expect((await project.run(DEMO, { MAIN_EXIT: '3' })).code).toBe(3);
});

test('passes SIGTERM on and waits for the task to end', async () => {
  const project = await createProject();
  await project.write(
    'src/main.ts',
    `process.on('SIGTERM', () => { console.log('stopped'); process.exit(5); });
     setInterval(() => {}, 1000);
     process.kill(process.ppid, 'SIGTERM');`,
  );
  expect(await project.run(DEMO)).toMatchObject({ code: 5, stdout: 'stopped\n' });
});

test('ends the task when npm’s shell is gone', async () => {
  const project = await createProject();
  await project.run(['setup.mjs', 'build']);
  await project.write(
    'src/main.ts',
    `import { writeFileSync } from 'node:fs';
     process.on('SIGTERM', () => { writeFileSync('ended', ''); process.exit(); });
     setInterval(() => {}, 1000);
     writeFileSync('started', '');`,
  );
  const env = { PATH: `${join(project.folder, 'machine')}:/usr/bin:/bin`, npm_lifecycle_event: 'demo' };
  const command = `'${process.execPath}' setup.mjs demo; :`;
  const shell = spawn('/bin/sh', ['-c', command], { cwd: project.folder, env, stdio: 'ignore' });
  await vi.waitFor(() => access(join(project.folder, 'started')), 15_000);
  shell.kill('SIGTERM');
  await vi.waitFor(() => access(join(project.folder, 'ended')), 15_000);
});
