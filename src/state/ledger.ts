import type { PromptPrefix } from '../core/prompt-prefix.ts';
import { USUAL_PROMPT_BYTES } from '../core/prompt-prefix.ts';
import type { LoadTable, SentRequest } from './load-table.ts';

/** One request that this process sent; opaque to whoever holds it. */
export interface LedgerEntry extends SentRequest {
  readonly slot: number;
  readonly sentAtMs: number;
  /** True while the entry is part of the slot's `sent`, and of its queue. */
  counted: boolean;
  older: LedgerEntry | undefined;
  newer: LedgerEntry | undefined;
}

/** The body of a request, as far as it is known when the request goes. */
export interface DispatchedBody {
  readonly bytes?: number | undefined;
  /** How its prompt begins, if that was read. */
  readonly prompt?: PromptPrefix | undefined;
}

/** Counts what was sent to each endpoint and no scrape has seen yet. */
export interface Ledger {
  /** Notes a request that goes to an endpoint now, for a target if it has one. */
  readonly dispatched: (slot: number, target: string | undefined, body?: DispatchedBody) => LedgerEntry;
  /** The response has ended, or the request did not reach the endpoint: it is no load any more. */
  readonly settled: (entry: LedgerEntry) => void;
  /** A scrape that began at `startedAtMs` has succeeded: it shows what had reached the pod by then. */
  readonly scraped: (slot: number, startedAtMs: number) => void;
  /** Forgets a slot's entries, before another endpoint gets it. */
  readonly reset: (slot: number) => void;
}

/** What a ledger is built from. */
export interface LedgerDeps {
  readonly table: Pick<LoadTable, 'addSent' | 'touchAdapter' | 'promptSent'>;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/**
 * A request takes a moment through the proxy and into the model server's figures. A scrape that begins
 * sooner than this after the dispatch may not show it, so it does not settle it.
 */
export const TRANSIT_MS = 20;

/**
 * A pod's oldest entries beyond so many count no more: if it cannot be scraped and nobody sees its responses, nothing
 * else would ever settle them.
 */
export const MOST_UNSEEN = 10_000;

/** What counts of a slot's entries, as a list from the oldest to the newest. */
interface Queue {
  oldest: LedgerEntry | undefined;
  newest: LedgerEntry | undefined;
  length: number;
}

/**
 * Creates a ledger over the load table. An entry counts once: from its dispatch until a later scrape has
 * seen it, its response has ended, or it is known not to have arrived, whichever comes first. The end of
 * its ext_proc stream says none of these. A response that ends after a scrape has seen its request stays in
 * the scraped figures until the next scrape, which a busy pod has within one interval.
 */
export function createLedger({ table, now }: LedgerDeps): Ledger {
  const queues: Queue[] = [];

  function queueOf(slot: number): Queue {
    const queue = queues[slot] ?? { oldest: undefined, newest: undefined, length: 0 };
    queues[slot] = queue;
    return queue;
  }

  function settle(entry: LedgerEntry): void {
    if (!entry.counted) return;
    entry.counted = false;
    unlink(queueOf(entry.slot), entry);
    table.addSent(entry.slot, -1, entry);
  }

  /** Settles the oldest entries as long as they are to be. */
  function settleWhile(queue: Queue, isDue: (oldest: LedgerEntry) => boolean): void {
    while (queue.oldest !== undefined && isDue(queue.oldest)) settle(queue.oldest);
  }

  return {
    dispatched: (slot, target, { bytes, prompt: prefix } = NO_BODY) => {
      const length = bytes ?? USUAL_PROMPT_BYTES;
      const known = prefix === undefined ? 0 : table.promptSent(slot, target, { prefix, bytes: length });
      const entry: LedgerEntry = {
        slot,
        target,
        prompts: promptsIn(length - known),
        sentAtMs: now(),
        counted: true,
        older: undefined,
        newer: undefined,
      };
      const queue = queueOf(slot);
      append(queue, entry);
      if (queue.length > MOST_UNSEEN && queue.oldest !== undefined) settle(queue.oldest);
      table.addSent(slot, 1, entry);
      if (target !== undefined) table.touchAdapter(slot, target);
      return entry;
    },
    settled: settle,
    scraped: (slot, startedAtMs) => {
      settleWhile(queueOf(slot), ({ sentAtMs }) => sentAtMs + TRANSIT_MS <= startedAtMs);
    },
    // Whoever still holds one of the entries can settle it, but not the next endpoint's count.
    reset: (slot) => settleWhile(queueOf(slot), () => true),
  };
}

const NO_BODY: DispatchedBody = {};

function append(queue: Queue, entry: LedgerEntry): void {
  entry.older = queue.newest;
  if (queue.newest === undefined) queue.oldest = entry;
  else queue.newest.newer = entry;
  queue.newest = entry;
  queue.length += 1;
}

/** Its neighbours are forgotten: whoever holds the entry must not keep them in memory. */
function unlink(queue: Queue, entry: LedgerEntry): void {
  const { older, newer } = entry;
  if (older === undefined) queue.oldest = newer;
  else older.newer = newer;
  if (newer === undefined) queue.newest = older;
  else newer.older = older;
  entry.older = undefined;
  entry.newer = undefined;
  queue.length -= 1;
}

/** No text is longer than what a model takes; what is, such as a picture, does not cost by its bytes. */
const MOST_PROMPTS = 32;
/** A short prompt takes a step of its own too. */
const LEAST_PROMPTS = 0.25;

/** How many usual prompts take as long as so many bytes that a pod has not been sent before. */
function promptsIn(bytes: number): number {
  return Math.min(MOST_PROMPTS, Math.max(LEAST_PROMPTS, bytes / USUAL_PROMPT_BYTES));
}
