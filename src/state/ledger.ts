import type { LoadTable, SentRequest } from './load-table.ts';

/** One request that this process sent; opaque to whoever holds it. */
export interface LedgerEntry {
  readonly slot: number;
  readonly request: SentRequest;
  readonly sentAtMs: number;
  /** True while the entry is part of the slot's `sent`. */
  counted: boolean;
}

/** Counts what was sent to each endpoint and no scrape has seen yet. */
export interface Ledger {
  /** Notes a request that goes to an endpoint now, for a target if it has one; `bytes` is its body's size, if known. */
  readonly dispatched: (slot: number, target: string | undefined, bytes?: number) => LedgerEntry;
  /** The response has ended, or the request did not reach the endpoint: it is no load any more. */
  readonly settled: (entry: LedgerEntry) => void;
  /** A scrape that began at `startedAtMs` has succeeded: it shows what had reached the pod by then. */
  readonly scraped: (slot: number, startedAtMs: number) => void;
  /** Forgets a slot's entries, before another endpoint gets it. */
  readonly reset: (slot: number) => void;
}

/** What a ledger is built from. */
export interface LedgerDeps {
  readonly table: Pick<LoadTable, 'addSent' | 'touchAdapter'>;
  /** A monotonic clock in milliseconds. */
  readonly now: () => number;
}

/**
 * A request takes a moment through the proxy and into the model server's figures. A scrape that begins
 * sooner than this after the dispatch may not show it, so it does not settle it.
 */
export const TRANSIT_MS = 20;

/**
 * Creates a ledger over the load table. An entry counts once: from its dispatch until a later scrape has
 * seen it, its response has ended, or it is known not to have arrived, whichever comes first. The end of
 * its ext_proc stream says none of these. A response that ends after a scrape has seen its request stays in
 * the scraped figures until the next scrape, which a busy pod has within one interval.
 */
export function createLedger({ table, now }: LedgerDeps): Ledger {
  /** Entries by slot, oldest first; settled ones stay in the list until a scrape passes them. */
  const queues: LedgerEntry[][] = [];

  function settle(entry: LedgerEntry): void {
    if (!entry.counted) return;
    entry.counted = false;
    table.addSent(entry.slot, -1, entry.request);
  }

  return {
    dispatched: (slot, target, bytes) => {
      const request = { target, prompts: promptsIn(bytes) };
      const entry = { slot, request, sentAtMs: now(), counted: true };
      const queue = queues[slot] ?? [];
      queues[slot] = queue;
      queue.push(entry);
      table.addSent(slot, 1, request);
      if (target !== undefined) table.touchAdapter(slot, target);
      return entry;
    },
    settled: settle,
    scraped: (slot, startedAtMs) => {
      const queue = queues[slot];
      if (queue === undefined) return;
      const unseen = queue.findIndex(({ sentAtMs }) => sentAtMs + TRANSIT_MS > startedAtMs);
      for (const entry of queue.splice(0, unseen < 0 ? queue.length : unseen)) settle(entry);
    },
    reset: (slot) => {
      // Whoever still holds one of the entries can settle it, but not the next endpoint's count.
      for (const entry of queues[slot] ?? []) settle(entry);
      queues[slot] = [];
    },
  };
}

/** A body of a usual size: about 300 tokens. */
const USUAL_BYTES = 1200;
/** No text is longer than what a model takes; what is, such as a picture, does not cost by its bytes. */
const MOST_PROMPTS = 32;
/** A short prompt takes a step of its own too. */
const LEAST_PROMPTS = 0.25;

/** How many usual prompts a body is as long as; one whose size is not known counts as one. */
function promptsIn(bytes: number | undefined): number {
  if (bytes === undefined) return 1;
  return Math.min(MOST_PROMPTS, Math.max(LEAST_PROMPTS, bytes / USUAL_BYTES));
}
