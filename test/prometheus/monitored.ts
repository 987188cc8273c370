import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import { type Stack, startStack } from '../e2e/stack.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

/** The simulators' base model. */
export const BASE = '/model/llama2';
/** What the tests' canary is released under, and its two targets. */
export const MODEL = 'lora-request';

/** A real Prometheus on a real Serin, behind a real Envoy with traffic, and three simulated vLLM servers. */
export interface Monitored {
  readonly stack: Stack;
  readonly prometheus: Prometheus;
  /** Changes the weights of `sql-lora` and `sql-lora-2`. */
  readonly release: (stable: number, canary: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts everything with vLLM's metric names of one generation, and traffic that goes on until the stop. */
export async function startMonitored(metricsGeneration: 'v0' | 'v1'): Promise<Monitored> {
  const fake = {
    ...{ metricsGeneration, model: BASE, maxNumSeqs: 4 },
    ...{ timeToFirstTokenMs: 40, timePerTokenMs: 5 },
  };
  const processing = { response_body_mode: 'FULL_DUPLEX_STREAMED', response_trailer_mode: 'SEND' };
  const stack = await startStack({ fake, processing });
  const stop = new AbortController();
  const release = (stable: number, canary: number) => writeWeights(stack, stable, canary);
  await release(90, 10);
  for (const { port } of stack.pods) {
    await setFault(port, { model: 'sql-lora', errorRate: 0.02 });
    // The canary is worse, so that its curves are apart from the other's.
    await setFault(port, { model: 'sql-lora-2', errorRate: 0.15, addedLatencyMs: 60 });
  }
  const pods = stack.pods.map(({ port }, index) => ({
    name: `vllm-llama2-7b-pool-${index}`,
    app: 'vllm',
    port,
  }));
  const serin = { name: 'serin-0', app: 'serin', port: stack.serin.metricsPort };
  const prometheus = await startPrometheus([...pods, serin], stop.signal);
  const traffic = Array.from({ length: WORKERS }, (_, index) => drive(stack, index, stop.signal));
  return {
    stack,
    prometheus,
    release,
    stop: async () => {
      stop.abort();
      await Promise.all(traffic);
      await stack.stop();
    },
  };
}

const WORKERS = 10;

/** Sends one request after the other: streamed and whole, with and without usage, and now and then a bad one. */
async function drive({ client }: Stack, worker: number, signal: AbortSignal): Promise<void> {
  for (let sent = worker; !signal.aborted; sent += 1) {
    const length = { max_tokens: 4 + (sent % 20), prompt: 'San Francisco '.repeat(1 + (sent % 30)) };
    const kind = sent % 10;
    if (kind === 0) await client.complete('nobody-knows-this', length);
    else if (kind < 4) await client.complete(MODEL, { ...length, stream: true });
    else if (kind < 7) {
      await client.complete(MODEL, { ...length, stream: true, stream_options: { include_usage: true } });
    } else await client.complete(MODEL, length);
  }
}

async function setFault(port: number, fault: object): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/admin/faults`, {
    method: 'POST',
    body: JSON.stringify(fault),
  });
  if (!response.ok) throw new Error(await response.text());
}

async function writeWeights({ manifests, serin }: Stack, stable: number, canary: number): Promise<void> {
  await writeFile(
    join(manifests, 'inferencemodel.yaml'),
    `apiVersion: inference.networking.x-k8s.io/v1alpha1
kind: InferenceModel
metadata:
  name: inferencemodel-sample
  annotations:
    serin.dev/roles: sql-lora=stable, sql-lora-2=canary
spec:
  modelName: ${MODEL}
  poolRef:
    name: vllm-llama2-7b-pool
  targetModels:
  - name: sql-lora
    weight: ${stable}
  - name: sql-lora-2
    weight: ${canary}
`,
  );
  const weights = 'serin_target_weight{namespace="default",pool="vllm-llama2-7b-pool",model="lora-request"';
  const series = `${weights},target="sql-lora-2",group="canary",role="canary",kind="wanted"}`;
  await vi.waitUntil(async () => (await serin.metric(series)) === canary, { timeout: 20_000 });
}
