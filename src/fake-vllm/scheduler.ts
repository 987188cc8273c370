import type { FakeVllmOptions } from './options.ts';

/** A request as the scheduler sees it. */
export interface Demand {
  readonly model: string;
  /** Prompt and answer together, which is what it takes of the KV cache. */
  readonly tokens: number;
}

/** A request's place in the batch. */
export interface Place {
  readonly leave: () => void;
}

/** Lets requests run while there are places and adapter slots; the others wait in order of arrival. */
export interface Scheduler {
  /** Resolves when the request may run. */
  readonly enter: (demand: Demand, signal: AbortSignal) => Promise<Place>;
  /** The model of each request that runs. */
  readonly running: () => readonly string[];
  readonly waiting: () => readonly string[];
  /** True if a request of the model runs. */
  readonly runs: (model: string) => boolean;
  /** True if every place is taken; while it is false, requests wait for an adapter slot. */
  readonly isFull: () => boolean;
  readonly isAdapter: (model: string) => boolean;
  /** Share of the KV cache that running requests take, 0 to 1. */
  readonly kvUsage: () => number;
}

interface Waiting extends Demand {
  readonly start: () => void;
}

/** Tokens in a block of the KV cache. */
export const KV_BLOCK_TOKENS = 16;

/** Creates a scheduler; what is no adapter is the base model and needs no slot. */
export function createScheduler(
  { maxNumSeqs, maxLoras, kvBlocks }: FakeVllmOptions,
  isAdapter: (model: string) => boolean,
): Scheduler {
  const running = new Set<Demand>();
  const queue = new Set<Waiting>();
  /** Running requests by model. */
  const counts = new Map<string, number>();
  let adaptersRunning = 0;
  let blocksTaken = 0;

  function fits(model: string): boolean {
    if (running.size >= maxNumSeqs) return false;
    return counts.has(model) || !isAdapter(model) || adaptersRunning < maxLoras;
  }

  function run(demand: Demand): Place {
    const { model, tokens } = demand;
    const before = counts.get(model) ?? 0;
    const slots = before === 0 && isAdapter(model) ? 1 : 0;
    const place = { model, tokens };
    running.add(place);
    counts.set(model, before + 1);
    adaptersRunning += slots;
    blocksTaken += blocksOf(tokens);
    return { leave: () => leave(place) };
  }

  function leave(place: Demand): void {
    if (!running.delete(place)) return;
    const left = (counts.get(place.model) ?? 1) - 1;
    if (left > 0) counts.set(place.model, left);
    else counts.delete(place.model);
    // Counted anew: whether a model is an adapter can change while its requests run.
    adaptersRunning = [...counts.keys()].filter(isAdapter).length;
    blocksTaken -= blocksOf(place.tokens);
    startWaiting();
  }

  /** As in vLLM, one that waits for an adapter slot does not hold up those behind it. */
  function startWaiting(): void {
    for (const next of queue) {
      if (running.size >= maxNumSeqs) return;
      if (!fits(next.model)) continue;
      queue.delete(next);
      next.start();
    }
  }

  function wait(demand: Demand, signal: AbortSignal): Promise<Place> {
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        queue.delete(entry);
        reject(signal.reason);
      };
      const entry: Waiting = { ...demand, start: () => resolve(run(demand)) };
      queue.add(entry);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  return {
    enter: async (demand, signal) => {
      signal.throwIfAborted();
      return fits(demand.model) ? run(demand) : wait(demand, signal);
    },
    running: () => [...running].map(({ model }) => model),
    waiting: () => [...queue].map(({ model }) => model),
    runs: (model) => counts.has(model),
    isFull: () => running.size >= maxNumSeqs,
    isAdapter,
    kvUsage: () => Math.min(1, blocksTaken / kvBlocks),
  };
}

function blocksOf(tokens: number): number {
  return Math.ceil(tokens / KV_BLOCK_TOKENS);
}
