import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { runNode } from './project.ts';

const ROOT = join(import.meta.dirname, '../..');
const MODULE = pathToFileURL(join(ROOT, 'scripts/run-program.ts')).href;

/** Runs a program whose work has this body. */
async function ended(body: string) {
  const program = `import { runProgram } from '${MODULE}'; await runProgram(async (room) => { ${body} });`;
  const { code, stderr } = await runNode(ROOT, ['--input-type=module', '--eval', program], process.env);
  return [code, stderr];
}

test('what the work resolves with is the exit status, and what it throws is one line', async () => {
  expect(await ended('return 3;')).toEqual([3, '']);
  expect(await ended("room.say('looking'); throw new Error('nothing there');")).toEqual([
    1,
    'looking\nnothing there\n',
  ]);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('%s ends what the shell runs and then the work', async (name) => {
  const work = `setTimeout(() => process.kill(process.pid, '${name}'), 10); await room.shell.run('sleep', ['600']);`;
  expect(await ended(work)).toEqual([1, expect.stringContaining(`Ended by ${name}.`)]);
});
