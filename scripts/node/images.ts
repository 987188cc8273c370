import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage } from '../docker/build-image.ts';
import { findEngine } from '../docker/engine.ts';
import { createShell } from '../docker/shell.ts';
import type { Room } from '../run-program.ts';
import { keepFolder } from '../vllm/kept-folder.ts';
import { COREDNS_IMAGE, PAUSE_IMAGE } from './settings.ts';

/** A program of one file, written in Go, that is an image of its own. */
interface GoImage {
  readonly image: string;
  readonly name: 'pause' | 'coredns';
  readonly files: readonly string[];
}

const GO_IMAGES: readonly GoImage[] = [
  { image: PAUSE_IMAGE, name: 'pause', files: ['main.go', 'go.mod'] },
  { image: COREDNS_IMAGE, name: 'coredns', files: ['main.go', 'go.mod', 'go.sum'] },
];
const OURS = ['serin:local', 'envoyproxy/envoy:v1.40.0'];

/** Makes every image that a pod may name and puts them into one archive. */
export async function makeImages(archive: string, room: Room): Promise<void> {
  const { cache, signal, say } = room;
  const { env } = process;
  // Not ended by the signal: the engine goes down last, and in order.
  const engine = await findEngine({ shell: createShell(env, new AbortController().signal), cache, say });
  if (engine.kind === 'missing') throw new Error(engine.problem);
  try {
    const { host } = engine;
    const docker = { ...env, DOCKER_BUILDKIT: '0', ...(host === undefined ? {} : { DOCKER_HOST: host }) };
    const shell = createShell(docker, signal);
    await buildImage({ shell, cache, mayStandIn: host !== undefined, signal, say });
    for (const each of GO_IMAGES) await buildGoImage(each, { ...room, shell });
    const images = [...OURS, ...GO_IMAGES.map(({ image }) => image)];
    await shell.run('docker', ['save', '--output', archive, ...images]);
  } finally {
    await engine.stop();
  }
}

async function buildGoImage({ image, name, files }: GoImage, { shell, cache, say }: Room): Promise<void> {
  const source = join(import.meta.dirname, name);
  const from = await Promise.all(files.map((file) => readFile(join(source, file), 'utf8')));
  const folder = await keepFolder({ cache, name, from }, async (empty) => {
    say(`Building ${name} (once).`);
    const build = ['build', '-C', source, '-buildvcs=false', '-trimpath', '-ldflags', '-s -w'];
    const target = ['-o', join(empty, name), '.'];
    await shell.run('nice', ['-n', '10', 'env', 'CGO_ENABLED=0', 'go', ...build, ...target]);
  });
  const context = await mkdtemp(join(tmpdir(), 'serin-image-'));
  try {
    await copyFile(join(folder, name), join(context, name));
    await writeFile(
      join(context, 'Dockerfile'),
      `FROM scratch\nCOPY ${name} /${name}\nENTRYPOINT ["/${name}"]\n`,
    );
    await shell.run('docker', ['build', '--quiet', '--tag', image, context]);
  } finally {
    await rm(context, { recursive: true });
  }
}
