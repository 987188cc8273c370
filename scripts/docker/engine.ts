import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { supervise } from '../../src/envoy-binary/supervise.ts';
import type { Shell } from './shell.ts';

/** A Docker engine that answers, or one sentence about what is missing. */
export type EngineResult =
  | { readonly kind: 'engine'; readonly host: string | undefined; readonly stopped: () => Promise<unknown> }
  | { readonly kind: 'missing'; readonly problem: string };

/** What the search for an engine needs. */
export interface EngineOptions {
  readonly shell: Shell;
  /** The folder for the images of an engine that is started here. */
  readonly cache: string;
  /** Aborting it stops an engine that was started here. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const NONE =
  'There is no Docker engine: start one, or run this as root on Debian, where it installs and starts its own.';
const START_MS = 60_000;

/** Uses the engine that runs; else, as root on Debian, installs one and starts it for this run alone. */
export async function findEngine(options: EngineOptions): Promise<EngineResult> {
  const { shell, say } = options;
  const settled = async () => undefined;
  if ((await shell.try('docker', ['info'])).code === 0)
    return { kind: 'engine', host: undefined, stopped: settled };
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return { kind: 'missing', problem: NONE };
  if (!existsSync('/usr/sbin/dockerd') || !existsSync('/usr/bin/docker-compose')) {
    say('Installing a Docker engine (docker.io, docker-compose).');
    await shell.run('apt-get', ['update', '-qq']);
    await shell.run('apt-get', [
      'install',
      '-y',
      '-qq',
      '--no-install-recommends',
      'docker.io',
      'docker-compose',
      'iptables',
    ]);
  }
  return startEngine(options);
}

async function startEngine({ shell, cache, signal, say }: EngineOptions): Promise<EngineResult> {
  say('Starting a Docker engine for this run.');
  const folder = join(cache, 'docker');
  await mkdir(folder, { recursive: true });
  const host = `unix://${join(folder, 'docker.sock')}`;
  const paths = ['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')];
  const child = spawn('/usr/sbin/dockerd', ['-H', host, ...paths, '--pidfile', join(folder, 'pid')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = supervise(child, { signal });
  for (let waitedMs = 0; waitedMs < START_MS; waitedMs += 500) {
    if ((await shell.try('docker', ['-H', host, 'info'])).code === 0) {
      return { kind: 'engine', host, stopped: () => exited };
    }
    const outcome = await Promise.race([exited, sleep(500)]);
    if (outcome?.kind === 'died')
      return { kind: 'missing', problem: `dockerd does not run here:\n${outcome.lastWords}` };
  }
  return { kind: 'missing', problem: 'dockerd did not answer in time.' };
}
