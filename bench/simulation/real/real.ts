import { join } from 'node:path';
import { z } from 'zod';
import { createFakeVllm } from '../../../src/fake-vllm/fake-vllm.ts';
import { seededRandom } from '../../../test/core/seeded-random.ts';
import { envoyPath } from '../../../test/e2e/gateway.ts';
import { startChild } from '../../processes/child.ts';
import { formatNumber } from '../../report/format.ts';
import { markdownTable } from '../../report/table.ts';
import { startGateway } from '../../servers/gateway.ts';
import { startServer } from '../../servers/start-server.ts';
import { type RealResult, runRealLoad } from './load.ts';

const { log, error: say } = console;
const PODS = 4;
const ADAPTERS = 16;
/** What a pod can do: three adapters and eight requests at once, and 150 ms to the first token. */
const POD = {
  maxLoras: 3,
  maxCpuLoras: ADAPTERS,
  maxNumSeqs: 8,
  timeToFirstTokenMs: 150,
  timePerTokenMs: 5,
};
const MAX_TOKENS = 10;
const RATES = [40, 50];
const FOR_MS = 25_000;
/** What warms all parts up; not counted. */
const WARM_UP_MS = 4_000;
const SEED = 7;

const ROUND_ROBIN = join(import.meta.dirname, '../../servers/bare-native.ts');
const listeningSchema = z.object({ port: z.number() });

interface Contender {
  readonly name: string;
  /** Of its Envoy. */
  readonly port: number;
}

/** Serin beside an ext_proc server that picks in turn, each behind a real Envoy, on simulated servers in real time; resolves with the exit status. */
export async function benchReal(signal: AbortSignal): Promise<number> {
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const modules = Array.from({ length: ADAPTERS }, (_, at) => ({ name: `adapter-${at}`, path: `/a/${at}` }));
  const pods = Array.from({ length: PODS }, () => createFakeVllm({ ...POD, loraModules: modules }));
  try {
    const ports = await Promise.all(pods.map((pod) => pod.listen('127.0.0.1', 0)));
    const addresses = ports.map((port) => `127.0.0.1:${port}`);
    const serin = await startServer('serin-native', { pods: addresses, peer: undefined }, until);
    const inTurn = startChild([ROUND_ROBIN, ...addresses], until);
    const { port } = listeningSchema.parse(await inTurn.listen());
    const path = await envoyPath();
    const contenders = [
      { name: 'round robin', port: (await startGateway({ path, grpcPort: port }, until)).listenerPort },
      { name: 'Serin', port: (await startGateway({ path, grpcPort: serin.port }, until)).listenerPort },
    ];
    const results = await contest(contenders, until);
    log(tableOf(results));
    return results.every(({ failed }) => failed === 0) ? 0 : 1;
  } finally {
    stop.abort();
    await Promise.all(pods.map((pod) => pod.close()));
  }
}

interface Row extends RealResult {
  readonly name: string;
  readonly perSecond: number;
}

/** One contender after the other, with the same requests. */
async function contest(contenders: readonly Contender[], signal: AbortSignal): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const perSecond of RATES) {
    for (const { name, port } of contenders) {
      say(`${name}, ${perSecond} requests a second`);
      const load = { port, adapters: ADAPTERS, perSecond, maxTokens: MAX_TOKENS };
      await runRealLoad({ ...load, forMs: WARM_UP_MS, random: seededRandom(SEED + 1) }, signal);
      const result = await runRealLoad({ ...load, forMs: FOR_MS, random: seededRandom(SEED) }, signal);
      rows.push({ name, perSecond, ...result });
    }
  }
  return rows;
}

function tableOf(rows: readonly Row[]): string {
  const head = ['requests/s', 'picker', 'TTFT p50', 'p90', 'p99', 'requests', 'failed'];
  const cells = rows.map((row) => [
    `${row.perSecond}`,
    row.name,
    ...[row.p50, row.p90, row.p99].map(formatNumber),
    `${row.requests}`,
    `${row.failed}`,
  ]);
  return markdownTable(head, cells, 2);
}
