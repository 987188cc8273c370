import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { supervise } from '../../src/envoy-binary/supervise.ts';
import { rememberNetwork } from './host-network.ts';
import type { Shell } from './shell.ts';

/** A Docker engine that answers, or one sentence about what is missing. */
export type EngineResult =
  | {
      readonly kind: 'engine';
      /** The socket of an engine that was started here; undefined for one that ran already. */
      readonly host: string | undefined;
      /** Ends an engine that was started here, and puts the machine's network back as it was. */
      readonly stop: () => Promise<void>;
    }
  | { readonly kind: 'missing'; readonly problem: string };

/** What the search for an engine needs. */
export interface EngineOptions {
  readonly shell: Shell;
  /** The folder for the images of an engine that is started here. */
  readonly cache: string;
  readonly say: (line: string) => void;
}

const NONE =
  'There is no Docker engine: start one, or run this as root on Debian, where it installs and starts its own.';
const START_MS = 60_000;

/** Uses the engine that runs; else, as root on Debian, installs one and starts it for this run alone. */
export async function findEngine(options: EngineOptions): Promise<EngineResult> {
  const { shell, say } = options;
  const stop = async () => undefined;
  if ((await shell.try('docker', ['info'])).code === 0) return { kind: 'engine', host: undefined, stop };
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
      'iproute2',
    ]);
  }
  return startEngine(options);
}

/** An engine keeps its network namespace mounted, even when it has ended. */
async function unmountBelow(folder: string, shell: Shell): Promise<void> {
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const mount of mounts.filter((path) => path.startsWith(`${folder}/`)))
    await shell.try('umount', [mount]);
}

async function startEngine({ shell, cache, say }: EngineOptions): Promise<EngineResult> {
  say('Starting a Docker engine for this run.');
  const data = join(cache, 'docker');
  await mkdir(data, { recursive: true });
  // A socket's path may have no more than 108 bytes, so it does not go into the cache.
  const run = await mkdtemp(join(tmpdir(), 'serin-docker-'));
  const host = `unix://${join(run, 'docker.sock')}`;
  const restoreNetwork = await rememberNetwork(shell);
  const paths = ['--data-root', data, '--exec-root', join(run, 'exec'), '--pidfile', join(run, 'pid')];
  const child = spawn('/usr/sbin/dockerd', ['-H', host, ...paths], { stdio: ['ignore', 'pipe', 'pipe'] });
  const end = new AbortController();
  const exited = supervise(child, { signal: end.signal });

  async function stop(): Promise<void> {
    end.abort();
    await exited;
    await restoreNetwork();
    await unmountBelow(run, shell);
    await rm(run, { recursive: true, force: true });
  }

  for (let waitedMs = 0; waitedMs < START_MS; waitedMs += 500) {
    if ((await shell.try('docker', ['-H', host, 'info'])).code === 0) return { kind: 'engine', host, stop };
    const outcome = await Promise.race([exited, sleep(500)]);
    if (outcome?.kind !== 'died') continue;
    await stop();
    return { kind: 'missing', problem: `dockerd does not run here:\n${outcome.lastWords}` };
  }
  await stop();
  return { kind: 'missing', problem: 'dockerd did not answer in time.' };
}
