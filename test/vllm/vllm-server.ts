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
  /** Ends it at once, with whatever it is doing. */
  readonly kill: () => void;
  readonly exited: Promise<ProcessExit>;
}

/** The name under which the base model is served. */
export const BASE_MODEL = 'llama2';

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

/** Starts a server with the seed's ten adapters; resolves once it is healthy. */
export async function startVllm(signal: AbortSignal, flags: readonly string[] = []): Promise<VllmServer> {
  const port = await freePort();
  const base = join(setting('SERIN_VLLM_MODELS'), 'base');
  const loras = ADAPTERS.map((name) => `${name}=${adapterPath(name)}`);
  const args = ['-m', 'vllm.entrypoints.openai.api_server', '--model', base];
  args.push('--served-model-name', BASE_MODEL);
  args.push('--host', '127.0.0.1', '--port', `${port}`, '--enforce-eager', '--dtype', 'bfloat16');
  args.push('--max-model-len', '1024', '--enable-lora', '--max-loras', '10', '--max-cpu-loras', '12');
  args.push('--max-lora-rank', '8', '--lora-modules', ...loras, ...flags);
  const child = spawn('sh', ['-c', UNTIL_EITHER_ENDS, 'sh', setting('SERIN_VLLM_PYTHON'), ...args], {
    env: { ...process.env, ...SETTINGS },
    stdio: ['pipe', 'pipe', 'pipe'],
    // The engine is a process of its own: a group of its own lets all be ended together.
    detached: true,
  });
  const exited = supervise(child, { signal });
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  signal.addEventListener('abort', kill, { once: true });
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_MS)]);
  while ((await adminPage(port, '/health')) === undefined) {
    const outcome = await Promise.race([exited, sleep(500, undefined, { signal: deadline })]);
    if (outcome?.kind === 'died') throw new Error(`vLLM did not start:\n${outcome.lastWords}`);
  }
  return { address: `127.0.0.1:${port}`, port, kill, exited };
}
