import { getHeapStatistics } from 'node:v8';
import type { Forward } from '../../src/core/decision.ts';
import { emptyHead } from '../../src/extproc/decode.ts';
import type { Effect } from '../../src/extproc/outcome.ts';
import type { ObserverDeps } from '../../src/server/request-observer.ts';
import type { StreamObserver } from '../../src/server/stream.ts';
import type { LedgerEntry } from '../../src/state/ledger.ts';
import { formatNumber } from '../report/format.ts';
import { median } from '../report/median.ts';
import { markdownTable } from '../report/table.ts';
import { createTold } from './told.ts';

const ROUNDS = 30;
/** Rounds that only warm the compiler up. */
const WARM_UP = 10;
const REQUESTS = 10_000;
const HEAD = { ...emptyHead(), path: '/v1/completions', requestId: '8e5c0d7a-94f1-4f6e-a6b8-3c1d2e4f5a6b' };

/** What is left out, to tell what it costs. */
const WAYS: ReadonlyMap<string, Partial<ObserverDeps<LedgerEntry>>> = new Map([
  ['everything', {}],
  ['without recent decisions', { watchers: [] }],
  ['without log, counters and windows', { record: () => undefined }],
  ['without both', { watchers: [], record: () => undefined }],
]);

interface Cost {
  readonly micros: number;
  readonly bytes: number;
}

/** Times what is told of a request, apart from all else; about ten seconds. */
export async function benchRecords(signal: AbortSignal): Promise<void> {
  const told = await createTold(signal);
  // Made beforehand, so that what they cost is not in it.
  const lives = Array.from({ length: REQUESTS }, () => lifeOf(told.decide()));
  const observers = [...WAYS.values()].map(told.observer);
  const rounds = Array.from({ length: ROUNDS }, () =>
    observers.map((observe) => {
      const cost = costOf(lives, observe);
      told.scrape();
      return cost;
    }),
  ).slice(WARM_UP);
  const rows = [...WAYS.keys()].map((name, at) => {
    const costs = rounds.map((round) => round[at]);
    const middle = (of: keyof Cost) => formatNumber(median(costs.map((cost) => cost?.[of] ?? Number.NaN)));
    return [name, middle('micros'), middle('bytes')];
  });
  console.log(markdownTable(['a request is told of', 'µs', 'bytes allocated'], rows, 1));
}

function costOf(lives: readonly (readonly Effect[])[], observe: () => StreamObserver): Cost {
  const before = getHeapStatistics().total_allocated_bytes;
  const startedUs = cpuUs();
  for (const life of lives) tell(life, observe());
  const tookUs = cpuUs() - startedUs;
  const bytes = getHeapStatistics().total_allocated_bytes - before;
  return { micros: tookUs / REQUESTS, bytes: bytes / REQUESTS };
}

/** All threads of the process, those of the collector too. */
function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** What a request of 1 KiB in full duplex tells, whose answer names its usage. */
function lifeOf(forward: Forward): readonly Effect[] {
  return [
    { kind: 'mode-resolved', mode: 'full-duplex', source: 'protocol_config' },
    { kind: 'routed', forward },
    { kind: 'dispatched', forward, bytes: 1024 },
    { kind: 'responded', status: 200, served: forward.endpoint.address, streamed: false },
    { kind: 'first-token' },
    { kind: 'finished' },
    {
      kind: 'response-ended',
      end: 'complete',
      usage: { promptTokens: 256, completionTokens: 64 },
      noUsage: undefined,
      finishReason: 'stop',
      requestBytes: 1024,
      responseBytes: 600,
    },
  ];
}

function tell(life: readonly Effect[], observer: StreamObserver): void {
  observer.began(HEAD);
  observer.explains();
  for (const effect of life) observer.effect(effect);
  observer.closed('nothing');
}
