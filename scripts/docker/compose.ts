import { join } from 'node:path';
import type { Shell } from './shell.ts';

const FILE = join(import.meta.dirname, '../../envoy/docker-compose.yml');

/** The name under which the suite brings the compose file up. */
export const PROJECT = 'serin-test';

/** Runs a command of compose, which is a plug-in of the client or a program of its own. */
export async function compose(shell: Shell, ...args: readonly string[]): Promise<string> {
  const given = ['-p', PROJECT, '-f', FILE, ...args];
  const isPlugin = (await shell.try('docker', ['compose', 'version'])).code === 0;
  return isPlugin ? shell.run('docker', ['compose', ...given]) : shell.run('docker-compose', given);
}
