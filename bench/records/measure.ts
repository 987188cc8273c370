import { getHeapStatistics } from 'node:v8';
import type { Forward } from '../../src/core/decision.ts';
import { emptyHead } from '../../src/extproc/decode.ts';
import type { Effect } from '../../src/extproc/outcome.ts';
import type { ObserverDeps } from '../../src/server/request-observer.ts';
import type { StreamObserver } from '../../src/server/stream.ts';
import type { LedgerEntry } from '../../src/state/ledger.ts';
import { type Effort, takeTurns } from '../micro/turns.ts';
import { createTold } from './told.ts';

/** What it costs to tell of a request. */
export interface RecordsRow {
  readonly told: string;
  readonly us: number;
  readonly bytes: number;
}

/** What is left out, to tell what it costs. */
const WAYS: ReadonlyMap<string, Partial<ObserverDeps<LedgerEntry>>> = new Map([
  ['everything', {}],
  ['without recent decisions', { watchers: [] }],
  ['without log, counters and windows', { record: () => undefined }],
  ['without both', { watchers: [], record: () => undefined }],
]);

const LIVES = 1000;
const ALLOCATING = 20;
/** The compiler takes long over so much code, on threads whose time counts. */
const WARM_UP = 200;
const HEAD = { ...emptyHead(), path: '/v1/completions', requestId: '8e5c0d7a-94f1-4f6e-a6b8-3c1d2e4f5a6b' };

/** Tells of requests over and over, with all that `serin serve` has for that, and without some of it. */
export async function measureRecords(effort: Effort): Promise<readonly RecordsRow[]> {
  const stop = new AbortController();
  const told = await createTold(stop.signal);
  // Made beforehand, so that what they cost is not in it.
  const lives = Array.from({ length: LIVES }, () => lifeOf(told.decide()));
  const works = new Map([...WAYS].map(([name, without]) => [name, teller(lives, told.observer(without))]));
  for (let times = 0; times < WARM_UP; times += 1) for (const work of works.values()) work();
  const { us } = takeTurns(works, effort);
  const rows = [...works].map(([name, work]) => ({ told: name, us: us(name) / LIVES, bytes: bytesOf(work) }));
  stop.abort();
  return rows;
}

function teller(lives: readonly (readonly Effect[])[], observe: () => StreamObserver): () => void {
  return () => {
    for (const life of lives) tell(life, observe());
  };
}

function tell(life: readonly Effect[], observer: StreamObserver): void {
  observer.began(HEAD);
  observer.explains();
  for (const effect of life) observer.effect(effect);
  observer.closed('nothing');
}

function bytesOf(work: () => void): number {
  const before = getHeapStatistics().total_allocated_bytes;
  for (let times = 0; times < ALLOCATING; times += 1) work();
  return (getHeapStatistics().total_allocated_bytes - before) / ALLOCATING / LIVES;
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
