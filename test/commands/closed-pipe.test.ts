import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../src/demo/free-port.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');

/** Starts Serin with a stdout that nobody reads any more. */
function startUnread(...argv: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdout.destroy();
  const stderr: string[] = [];
  child.stderr.on('data', (text) => stderr.push(`${text}`));
  return { child, stderr, exited: once(child, 'close') };
}

test('a command whose output nobody reads ends without a word', async () => {
  const { exited, stderr } = startUnread('explain', '--help');
  expect([await exited, stderr]).toEqual([[141, null], []]);
});

test('Serin serves on when nobody reads its log', async () => {
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  const [grpc, health, metrics] = ports;
  const { child, exited } = startUnread(
    ...['serve', '--endpoints=127.0.0.1:1', `--grpc-port=${grpc}`, `--grpc-health-port=${health}`],
    ...[`--metrics-port=${metrics}`, '--drain-delay=0s'],
  );
  const page = () =>
    fetch(`http://127.0.0.1:${metrics}/readyz`).then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(page, { timeout: 15_000 }).toBe(200);
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
