import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Shell } from './shell.ts';

/** What the images are made from where none can be pulled. */
export interface BaseImageOptions {
  readonly shell: Shell;
  /** The folder that keeps the file system of a minimal Debian. */
  readonly cache: string;
  /** The Node binary that stands in for the one of the Node image. */
  readonly node: string;
  /** The Envoy binary that stands in for the one of the Envoy image. */
  readonly envoy: string;
  /** False for an engine that others use too, which must not get images under public names. */
  readonly mayStandIn: boolean;
  readonly say: (line: string) => void;
}

/** The folder of this machine's npm, which a Node image has beside Node: `npm` is a link to its command. */
async function npmFolder(shell: Shell): Promise<string> {
  const command = (await shell.run('sh', ['-c', 'command -v npm'])).trim();
  return dirname(dirname(await realpath(command)));
}

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Sees to it that every image of the Dockerfile and the compose file is there: pulled, or, where no registry can
 * be reached, made here under the same name from Debian's packages and the pinned binaries.
 */
export async function provideBaseImages(images: readonly string[], options: BaseImageOptions): Promise<void> {
  for (const image of images) {
    if ((await options.shell.try('docker', ['image', 'inspect', image])).code === 0) continue;
    options.say(`Pulling ${image}.`);
    if ((await options.shell.try('docker', ['pull', '--quiet', image])).code === 0) continue;
    if (!options.mayStandIn)
      throw new Error(`docker pull ${image} failed: the Docker engine reaches no registry.`);
    options.say(`${image} cannot be pulled: making a stand-in of the same name.`);
    await standIn(image, options);
  }
}

async function standIn(image: string, options: BaseImageOptions): Promise<void> {
  const context = await mkdtemp(join(tmpdir(), 'serin-image-'));
  try {
    await copyFile(await debian(options), join(context, 'debian.tar'));
    await copyFile(CERTIFICATES, join(context, 'ca.crt'));
    const lines = await contentOf(image, context, options);
    const base = ['FROM scratch', 'ADD debian.tar /', `COPY ca.crt ${CERTIFICATES}`];
    await writeFile(join(context, 'Dockerfile'), `${[...base, ...lines].join('\n')}\n`);
    await options.shell.run('docker', ['build', '--quiet', '--tag', image, context]);
  } finally {
    await rm(context, { recursive: true });
  }
}

async function contentOf(
  image: string,
  context: string,
  { shell, node, envoy }: BaseImageOptions,
): Promise<readonly string[]> {
  if (image.startsWith('node:')) {
    await copyFile(node, join(context, 'node'));
    await shell.run('cp', ['-rL', await npmFolder(shell), join(context, 'npm')]);
    const npm = '/usr/local/lib/node_modules/npm';
    const settings = `ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES} npm_config_cafile=${CERTIFICATES}`;
    const link = `RUN ln -s ${npm}/bin/npm-cli.js /usr/local/bin/npm`;
    return ['COPY node /usr/local/bin/node', `COPY npm ${npm}`, link, settings];
  }
  if (image.startsWith('envoyproxy/')) {
    await copyFile(envoy, join(context, 'envoy'));
    return ['COPY envoy /usr/local/bin/envoy'];
  }
  return ['USER 65532:65532'];
}

/** The file system of a minimal Debian with the libraries that Node needs, made once. */
async function debian({ shell, cache, say }: BaseImageOptions): Promise<string> {
  const tar = join(cache, 'debian-bookworm.tar');
  if ((await readFile(`${tar}.complete`).catch(() => undefined)) !== undefined) return tar;
  say('Making the file system of a minimal Debian (once).');
  await mkdir(cache, { recursive: true });
  if ((await shell.try('mmdebstrap', ['--version'])).code !== 0) {
    await shell.run('apt-get', ['update', '-qq']);
    await shell.run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'mmdebstrap']);
  }
  await shell.run('mmdebstrap', [
    '--variant=minbase',
    '--include=ca-certificates,libatomic1,libstdc++6',
    'bookworm',
    tar,
  ]);
  await writeFile(`${tar}.complete`, '');
  return tar;
}
