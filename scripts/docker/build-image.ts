import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { provideEnvoy } from '../provide-envoy.ts';
import type { Room } from '../run-program.ts';
import { provideBaseImages } from './base-images.ts';

/** What the build of the project's image needs; the environment of its shell names the engine. */
export interface BuildImageOptions extends Room {
  /** False for an engine that others use too: what stands in for a public image must not get into it. */
  readonly mayStandIn: boolean;
}

const ROOT = join(import.meta.dirname, '../..');

/** The images that the Dockerfile and the compose file name, but for the one that is built here. */
async function baseImages(): Promise<readonly string[]> {
  const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const compose = await readFile(join(ROOT, 'envoy/docker-compose.yml'), 'utf8');
  const named = [...dockerfile.matchAll(/^FROM (\S+)/gm), ...compose.matchAll(/^ +image: (\S+)/gm)];
  return [...new Set(named.map(([, image = '']) => image))].filter((image) => image !== 'serin:local');
}

/** Builds `serin:local`, after it has seen to it that all images it is built from and runs beside are there. */
export async function buildImage(options: BuildImageOptions): Promise<void> {
  const { shell, say } = options;
  const envoy = await provideEnvoy(options);
  await provideBaseImages(await baseImages(), { ...options, node: process.execPath, envoy });
  say('Building the image.');
  await shell.run('docker', ['build', '--network', 'host', '--tag', 'serin:local', ROOT]);
}
