import { expect, test } from 'vitest';
import { createProject } from './project.ts';

const DEMO = ['setup.mjs', 'demo'];
const platform = (name: string, arch: string) =>
  `Object.defineProperty(process, 'platform', { value: '${name}' });
   Object.defineProperty(process, 'arch', { value: '${arch}' });`;

interface Case {
  readonly title: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly preload?: string;
  readonly sentence: string;
}

const CASES: readonly Case[] = [
  {
    title: 'without npm',
    env: { PATH: '/nowhere' },
    sentence: 'npm was not found: install npm 9 or newer (Debian and Ubuntu: apt install npm).',
  },
  {
    title: 'with an old npm',
    env: { NPM_VERSION: '6.14.18' },
    sentence: 'npm 6.14.18 is too old: install npm 9 or newer (npm install --global npm@10).',
  },
  {
    title: 'on Windows',
    preload: platform('win32', 'x64'),
    sentence: 'Windows itself is not supported: install WSL2 and run this inside it.',
  },
  {
    title: 'on a Mac with an Intel processor',
    preload: platform('darwin', 'x64'),
    sentence:
      'darwin on x64 is not supported: use Linux on x64 or arm64, or macOS on arm64, or run envoy/docker-compose.yml with Docker.',
  },
  {
    title: 'on a Linux with musl',
    preload: `${platform('linux', 'x64')}process.report.getReport = () => ({ header: {} });`,
    sentence:
      'This Linux has musl instead of glibc, and the pinned Node and Envoy need glibc: use Debian, Ubuntu or Fedora, or run envoy/docker-compose.yml with Docker.',
  },
];

test.each(CASES)('stops $title with one sentence', async ({ env, preload, sentence }) => {
  const project = await createProject();
  const { code, stdout, stderr } = await project.run(DEMO, env, preload);
  const said = stderr.replace('Installing the packages of package-lock.json (once).\n', '');
  expect({ code, stdout, said }).toEqual({ code: 1, stdout: '', said: `${sentence}\n` });
});

test('names the tasks when there is none of that name', async () => {
  const project = await createProject();
  const { code, stderr } = await project.run(['setup.mjs', 'dmeo']);
  expect({ code, usage: stderr.split('|')[0] }).toEqual({ code: 1, usage: 'Usage: node setup.mjs build' });
});
