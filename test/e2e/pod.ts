import { formatAddress } from '../../src/core/address.ts';
import { createFakeVllm } from '../../src/fake-vllm/fake-vllm.ts';
import type { FakeVllmOptions } from '../../src/fake-vllm/options.ts';

/** The seed's ten adapters. */
export const ADAPTERS: readonly string[] = ['sql-lora', 'tweet-summary'].flatMap((name) =>
  ['', '-1', '-2', '-3', '-4'].map((suffix) => `${name}${suffix}`),
);

/** One simulated vLLM server that serves the seed's adapters. */
export interface Pod {
  /** `ip:port`. */
  readonly address: string;
  readonly port: number;
  /** Requests that have reached it. */
  readonly requests: () => number;
  /** Requests that it has answered in full. */
  readonly answered: () => number;
  readonly lastBody: () => Buffer | undefined;
  readonly running: () => readonly string[];
  /** Stops it as a killed process stops: connections break. Safe to call again. */
  readonly kill: () => Promise<void>;
  /** Shows these figures on `/metrics` in place of the real ones. */
  readonly pretendLoad: (load: { readonly waiting: number; readonly kvUsage: number }) => Promise<unknown>;
  /** Answers every request with 500 from here on. */
  readonly fail: () => Promise<unknown>;
  /** Requests that had reached it and were not answered when it was killed. */
  readonly answeringWhenKilled: () => number;
}

/** Starts a pod on a free port; `onRequest` is called with it whenever a request reaches it. */
export async function startPod(
  host: string,
  options: Partial<FakeVllmOptions>,
  onRequest: (pod: Pod) => void,
): Promise<Pod> {
  const server = createFakeVllm({
    loraModules: ADAPTERS.map((name) => ({ name, path: `/adapters/${name}` })),
    maxLoras: 10,
    maxCpuLoras: 12,
    ...options,
    onRequest: () => onRequest(pod),
  });
  const { received } = server;
  let answering = 0;
  let killed = false;
  const port = await server.listen(host, 0);
  const pod: Pod = {
    address: formatAddress(host, port),
    port,
    requests: received.total,
    answered: received.totalAnswered,
    lastBody: received.lastBody,
    running: server.running,
    fail: () =>
      fetch(`http://${formatAddress(host, port)}/admin/faults`, {
        method: 'POST',
        body: JSON.stringify({ model: '*', errorRate: 1 }),
      }),
    pretendLoad: (load) =>
      fetch(`http://${formatAddress(host, port)}/admin/load`, { method: 'POST', body: JSON.stringify(load) }),
    answeringWhenKilled: () => answering,
    kill: async () => {
      if (killed) return;
      killed = true;
      answering = server.running().length;
      await server.close();
    },
  };
  return pod;
}
