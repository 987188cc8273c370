import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findEnvoyHere } from '../../src/envoy-binary/find-envoy-here.ts';
import { provideBaseImages } from './base-images.ts';
import type { Shell } from './shell.ts';

/** What the build of the project's image needs. */
export interface BuildImageOptions {
  /** Its environment names the engine. */
  readonly shell: Shell;
  readonly cache: string;
  /** False for an engine that others use too: what stands in for a public image must not get into it. */
  readonly mayStandIn: boolean;
  readonly env: { readonly [name: string]: string | undefined };
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const ROOT = join(import.meta.dirname, '../..');

/** The images that the Dockerfile and the compose file name, but for the one that is built here. */
async function baseImages(): Promise<readonly string[]> {
  const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
  const compose = await readFile(join(ROOT, 'envoy/docker-compose.yml'), 'utf8');
  const named = [...dockerfile.matchAll(/^FROM (\S+)/gm), ...compose.matchAll(/^ +image: (\S+)/gm)];
  return [...new Set(named.map(([, image = '']) => image))].filter((image) => image !== 'serin:local');
}

async function envoyPath({ env, signal, say }: BuildImageOptions): Promise<string> {
  const found = await findEnvoyHere({ env, signal, say, progress: () => undefined });
  if (found.kind === 'missing') throw new Error(found.problem);
  return found.path;
}

/** Builds `serin:local`, after it has seen to it that all images it is built from and runs beside are there. */
export async function buildImage(options: BuildImageOptions): Promise<void> {
  const { shell, say } = options;
  const envoy = await envoyPath(options);
  await provideBaseImages(await baseImages(), { ...options, node: process.execPath, envoy });
  say('Building the image.');
  await shell.run('docker', ['build', '--network', 'host', '--tag', 'serin:local', ROOT]);
}
