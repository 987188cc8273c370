import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createProject, type Project } from './project.ts';

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

/** Stand-ins for a task's tools, each of which notes its name and arguments. */
async function layOutTools(project: Project): Promise<void> {
  const tools = {
    lint: 'node_modules/@biomejs/biome/bin/biome',
    envoy: 'scripts/fetch-envoy.ts',
    grpcio: 'scripts/fetch-grpcio.ts',
    tests: 'node_modules/vitest/vitest.mjs',
    vllm: 'scripts/vllm/run.ts',
    interop: 'scripts/interop/run.ts',
    prometheus: 'scripts/prometheus/run.ts',
    bench: 'bench/run.ts',
  };
  await project.run(['setup.mjs', 'types']);
  await project.write('steps', '');
  for (const [name, path] of Object.entries(tools)) {
    await project.write(
      path,
      `import('node:fs').then(({ appendFileSync }) =>
         appendFileSync('steps', ['${name}', ...process.argv.slice(2)].join(' ') + '\\n'));
       process.exitCode = process.env.FAIL === '${name}' ? 7 : 0;`,
    );
  }
}

const REPORTERS = '--reporter=default --reporter=json --outputFile.json=.cache/reports/test.json';

test('npm test builds, fetches Envoy and grpcio and runs vitest with the user’s arguments', async () => {
  const project = await createProject();
  await layOutTools(project);
  expect((await project.run(['setup.mjs', 'test', 'test/core'])).code).toBe(0);
  expect(await project.read('steps')).toBe(`build\nenvoy\ngrpcio\ntests run ${REPORTERS} test/core\n`);
});

test('npm run check is lint, types, build and tests, up to the first that fails', async () => {
  const project = await createProject();
  await layOutTools(project);
  expect((await project.run(['setup.mjs', 'check'])).code).toBe(0);
  const steps = `lint ci\ntypes\ntypes\nbuild\nenvoy\ngrpcio\ntests run ${REPORTERS}\n`;
  expect(await project.read('steps')).toBe(steps);
  expect((await project.run(['setup.mjs', 'check'], { FAIL: 'lint' })).code).toBe(7);
  expect(await project.read('steps')).toBe(`${steps}lint ci\n`);
});

test('the heavier suites get the user’s arguments', async () => {
  const project = await createProject();
  await layOutTools(project);
  await project.run(['setup.mjs', 'test:vllm', '-t', 'curl']);
  await project.run(['setup.mjs', 'test:interop', '-t', 'drain']);
  await project.run(['setup.mjs', 'test:prometheus', '-t', 'alert']);
  expect(await project.read('steps')).toBe(
    `build\nenvoy\nvllm -t curl\ninterop -t drain\nenvoy\nprometheus -t alert\n`,
  );
});

test('npm run bench fetches Envoy and gives the user’s arguments to the benchmark', async () => {
  const project = await createProject();
  await layOutTools(project);
  expect((await project.run(['setup.mjs', 'bench', 'transport', '--quick'])).code).toBe(0);
  expect(await project.read('steps')).toBe('envoy\nbench transport --quick\n');
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
