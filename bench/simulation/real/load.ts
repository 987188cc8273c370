import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createZipf, exponential } from '../draws.ts';

/** What a load is made of. */
export interface RealLoad {
  readonly port: number;
  readonly adapters: number;
  readonly perSecond: number;
  readonly forMs: number;
  readonly maxTokens: number;
  readonly random: () => number;
}

/** What came of it; times to the first token in milliseconds. */
export interface RealResult {
  readonly requests: number;
  readonly failed: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** Sends streamed completions for adapters by Zipf's law, each at its time whatever becomes of those before. */
export async function runRealLoad(load: RealLoad, signal: AbortSignal): Promise<RealResult> {
  const agent = new Agent({ keepAlive: true });
  const draw = createZipf(load.adapters, 1);
  const firstTokens: number[] = [];
  const pending: Promise<void>[] = [];
  let failed = 0;
  const startedMs = performance.now();
  for (let atMs = 0; atMs < load.forMs && !signal.aborted; ) {
    atMs += exponential(1000 / load.perSecond, load.random);
    await sleep(Math.max(0, startedMs + atMs - performance.now()));
    const model = `adapter-${draw(load.random())}`;
    const body = { model, prompt: 'San Francisco is', max_tokens: load.maxTokens, stream: true };
    const sent = firstTokenMs(agent, load.port, JSON.stringify(body), signal);
    pending.push(
      sent.then(
        (ms) => void firstTokens.push(ms),
        () => {
          failed += 1;
        },
      ),
    );
  }
  await Promise.all(pending);
  agent.destroy();
  firstTokens.sort((a, b) => a - b);
  const quantile = (part: number) => firstTokens[Math.floor(part * firstTokens.length)] ?? Number.NaN;
  return {
    requests: pending.length,
    failed,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
  };
}

/** Sends one request and reads its answer to the end. */
function firstTokenMs(agent: Agent, port: number, body: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    let firstMs: number | undefined;
    const headers = { host: 'test.com', 'content-type': 'application/json' };
    const sent = httpRequest(
      { agent, port, host: '127.0.0.1', method: 'POST', path: '/v1/completions', headers, signal },
      (answer) => {
        answer.on('data', () => {
          firstMs ??= performance.now() - startedMs;
        });
        answer.on('error', reject);
        answer.on('end', () => {
          if (answer.statusCode === 200 && firstMs !== undefined) resolve(firstMs);
          else reject(new Error(`status ${answer.statusCode}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
