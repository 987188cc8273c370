import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/demo/free-port.ts';
import { adminPage } from '../../src/envoy-binary/admin.ts';
import { type ProcessExit, supervise } from '../../src/envoy-binary/supervise.ts';
import { ADAPTERS } from '../e2e/pod.ts';

/** A real vLLM server on 127.0.0.1. */
export interface VllmServer {
  readonly address: string;
  readonly port: number;
  /** Of the process group that it is with its engine. */
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
}

/** The name under which the base model is served. */
export const BASE_MODEL = 'llama2';

/** What the servers are told of their limits, in the words of the simulator's options. */
export const LIMITS = { maxModelLen: 1024, maxLoras: 10, maxCpuLoras: 12 } as const;

const START_MS = 300_000;

/** CPU servers of a tiny model, small enough for two on one machine. */
const SETTINGS = {
  VLLM_CPU_KVCACHE_SPACE: '1',
  VLLM_CPU_OMP_THREADS_BIND: 'nobind',
  OMP_NUM_THREADS: '1',
  HF_HUB_OFFLINE: '1',
  VLLM_NO_USAGE_STATS: '1',
  VLLM_ALLOW_RUNTIME_LORA_UPDATING: 'True',
};

/**
 * Runs a command and kills its whole process group once it ends, or once this process has ended, however that
 * came about: then the pipe that is its standard input closes.
 */
const UNTIL_EITHER_ENDS =
  'exec 3<&0; (cat <&3 >/dev/null; kill -KILL 0) & "$@" </dev/null 3<&-; kill -KILL 0';

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this suite with npm run test:vllm`);
  return value;
}

/** The folder of an adapter of the tiny model. */
export function adapterPath(name: string): string {
  return join(setting('SERIN_VLLM_MODELS'), 'adapters', name);
}

/** The folder of the tiny model itself. */
export function basePath(): string {
  return join(setting('SERIN_VLLM_MODELS'), 'base');
}

function serverArguments(port: number): readonly string[] {
  const module = ['-m', 'vllm.entrypoints.openai.api_server'];
  const listen = ['--host', '127.0.0.1', '--port', `${port}`];
  const model = ['--model', basePath(), '--served-model-name', BASE_MODEL, '--dtype', 'bfloat16'];
  const limits = ['--max-model-len', `${LIMITS.maxModelLen}`, '--enforce-eager'];
  const loras = ['--max-loras', `${LIMITS.maxLoras}`, '--max-cpu-loras', `${LIMITS.maxCpuLoras}`];
  const modules = ADAPTERS.map((name) => `${name}=${adapterPath(name)}`);
  const adapters = ['--enable-lora', ...loras, '--max-lora-rank', '8', '--lora-modules', ...modules];
  return [...module, ...listen, ...model, ...limits, ...adapters];
}

/** Starts a server with the seed's ten adapters; resolves once it is healthy. */
export async function startVllm(signal: AbortSignal, flags: readonly string[]): Promise<VllmServer> {
  const port = await freePort();
  const command = [setting('SERIN_VLLM_PYTHON'), ...serverArguments(port), ...flags];
  const child = spawn('sh', ['-c', UNTIL_EITHER_ENDS, 'sh', ...command], {
    env: { ...process.env, ...SETTINGS },
    stdio: ['pipe', 'pipe', 'pipe'],
    // The engine is a process of its own: a group of its own lets all be ended together.
    detached: true,
  });
  const exited = supervise(child, { signal });
  const { pid } = child;
  if (pid === undefined) return exited.then(() => Promise.reject(new Error('vLLM did not start')));
  signal.addEventListener('abort', () => killGroup(pid), { once: true });
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_MS)]);
  while ((await adminPage(port, '/health')) === undefined) {
    const outcome = await Promise.race([exited, sleep(500, undefined, { signal: deadline })]);
    if (outcome?.kind === 'died') throw new Error(`vLLM did not start:\n${outcome.lastWords}`);
  }
  return { address: `127.0.0.1:${port}`, port, pid, exited };
}

/** Ends a process and its children at once, with whatever they are doing. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
