import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { supervise } from '../../src/envoy-binary/supervise.ts';
import { isAlive } from './is-alive.ts';

const SOURCE = join(import.meta.dirname, '../../src/envoy-binary/supervise.ts');

function shell(script: string) {
  return spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'pipe'] });
}

test('passes lines on, and reports the last of them when the process ends by itself', async () => {
  const lines: string[] = [];
  const onLine = (line: string, stream: string) => lines.push(`${stream}: ${line}`);
  const child = shell('echo one; echo two >&2; exit 3');
  const exit = await supervise(child, { signal: new AbortController().signal, onLine });
  expect(lines.toSorted()).toEqual(['stderr: two', 'stdout: one']);
  expect(exit.kind === 'died' && exit.lastWords.split('\n').toSorted()).toEqual(['one', 'two']);
});

test('keeps the last 20 lines only', async () => {
  const child = shell('for i in $(seq 100); do echo $i; done');
  const exit = await supervise(child, { signal: new AbortController().signal });
  const last = Array.from({ length: 20 }, (_, i) => String(81 + i));
  expect(exit).toEqual({ kind: 'died', lastWords: last.join('\n') });
});

test('ends the process with the signal, also one that is aborted already', async () => {
  const stop = new AbortController();
  const ends = supervise(shell('exec sleep 60'), { signal: stop.signal });
  stop.abort();
  expect(await ends).toEqual({ kind: 'stopped' });
  expect(await supervise(shell('exec sleep 60'), { signal: stop.signal })).toEqual({ kind: 'stopped' });
});

test('a process does not outlive a parent that crashes', async () => {
  const script = `
    import { spawn } from 'node:child_process';
    import { supervise } from ${JSON.stringify(SOURCE)};
    const child = spawn('sleep', ['60'], { stdio: 'pipe' });
    supervise(child, { signal: new AbortController().signal });
    console.log(child.pid);
    setImmediate(() => { throw new Error('crash'); });`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  parent.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await new Promise((resolve) => parent.once('close', resolve));
  expect(Number(text)).toBeGreaterThan(0);
  await expect.poll(() => isAlive(Number(text))).toBe(false);
});
