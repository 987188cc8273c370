import { expect, test } from 'vitest';
import { createProject } from './project.ts';

const SERIN = ['bin/serin.mjs', 'serve', '--pool-name', 'p'];
const OLDER = `
Object.defineProperty(process, 'version', { value: 'v20.20.2' });
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
`;

test('serin starts what is built, and the sources where nothing is built', async () => {
  const project = await createProject();
  await project.write(
    'src/main.ts',
    'const from: string = "sources"; console.log(from, ...process.argv.slice(2));',
  );
  expect((await project.run(SERIN)).stdout).toBe('sources serve --pool-name p\n');
  await project.write('dist/main.js', 'console.log("build", ...process.argv.slice(2))');
  expect((await project.run(SERIN)).stdout).toBe('build serve --pool-name p\n');
});

test('serin refuses an older Node in one sentence where the pinned one is not installed', async () => {
  const project = await createProject();
  const { code, stdout, stderr } = await project.run(SERIN, {}, OLDER);
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'serin needs Node 24 or newer, and this is v20.20.2: install a newer Node, or run "node setup.mjs build" once in a clone of Serin, which brings its own.\n',
  });
});

test('serin hands over to the pinned Node on an older one', async () => {
  const project = await createProject();
  await project.run(['setup.mjs', 'build']);
  const { code, stdout } = await project.run(SERIN, { MAIN_EXIT: '4' }, OLDER);
  expect({ code, args: JSON.parse(stdout).args }).toEqual({ code: 4, args: ['serve', '--pool-name', 'p'] });
});
