import { createFakeVllm } from '../fake-vllm/fake-vllm.ts';

/** The scenario's ten adapters, as `--lora-modules` of its vLLM servers names them. */
const ADAPTERS: readonly string[] = ['sql-lora', 'tweet-summary'].flatMap((name) =>
  ['', '-1', '-2', '-3', '-4'].map((suffix) => `${name}${suffix}`),
);
const HOST = '127.0.0.1';
const PODS = 3;
/** A quick model, so that a round takes seconds. */
const TIME_TO_FIRST_TOKEN_MS = 10;

async function startPod(signal: AbortSignal): Promise<string> {
  const server = createFakeVllm({
    model: '/model/llama2',
    loraModules: ADAPTERS.map((name) => ({ name, path: `/adapters/${name}` })),
    maxLoras: ADAPTERS.length,
    maxCpuLoras: ADAPTERS.length + 2,
    timeToFirstTokenMs: TIME_TO_FIRST_TOKEN_MS,
  });
  const port = await server.listen(HOST, 0);
  signal.addEventListener('abort', () => void server.close(), { once: true });
  return `${HOST}:${port}`;
}

/** Starts three simulated vLLM servers that end with the signal; resolves to their addresses. */
export function startPods(signal: AbortSignal): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: PODS }, () => startPod(signal)));
}
