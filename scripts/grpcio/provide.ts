import type { RunCommand } from '../../src/envoy-binary/run-command.ts';
import { findPython, type PythonNeed } from '../vllm/find-python.ts';
import { keepFolder } from '../vllm/kept-folder.ts';

/** A Python that can import `grpc` and `google.protobuf` once `PYTHONPATH` is `packages`. */
export interface Grpcio {
  readonly python: string;
  readonly packages: string;
}

/** What the provision needs from outside. */
export interface ProvideGrpcioDeps {
  /** The folder that keeps what was fetched once. */
  readonly cache: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly signal: AbortSignal;
  readonly run: RunCommand;
  readonly say: (line: string) => void;
}

/** There are wheels for exactly these. */
const PYTHON: PythonNeed = { by: "The tests' gRPC client", oldestMinor: 9, newestMinor: 14, brings: 'pip' };
const PACKAGES = ['grpcio==1.80.0', 'protobuf==6.33.1'];

/** Fetches Python's own gRPC client into the cache, once; throws with a sentence if that cannot be done. */
export async function provideGrpcio(deps: ProvideGrpcioDeps): Promise<Grpcio> {
  const { cache, signal, run, say } = deps;
  const { path, version } = await findPython(PYTHON, deps);
  const from = [...PACKAGES, path, version];
  // A virtual environment of their own would need venv, which some systems leave out of Python.
  const packages = await keepFolder({ cache, name: 'grpcio', from }, async (folder) => {
    say(`Fetching ${PACKAGES.join(' and ')} for the tests (once).`);
    const args = ['-m', 'pip', 'install', '--quiet', '--no-input', '--only-binary=:all:', '--target', folder];
    const env = { ...deps.env, PIP_REQUIRE_VIRTUALENV: '0', PIP_DISABLE_PIP_VERSION_CHECK: '1' };
    const result = await run(path, [...args, ...PACKAGES], { env, signal });
    if (result.kind === 'ended' && result.code === 0) return;
    const reason = result.kind === 'ended' ? result.stderr.trim().split('\n').at(-1) : result.problem;
    throw new Error(`pip of ${path} could not fetch ${PACKAGES.join(' and ')}: ${reason}`);
  });
  return { python: path, packages };
}
