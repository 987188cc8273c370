import type { Freshness, LoadView, ModelKind } from '../core/load-view.ts';

/** What one scrape tells of a pod; absent families are absent fields. */
export interface LoadSample {
  readonly waiting: number | undefined;
  readonly running: number | undefined;
  /** 0 to 1. */
  readonly kvUsage: number | undefined;
  /** GPU slots for adapters. */
  readonly maxLoras: number | undefined;
  /** Adapters that have requests in flight, running or waiting. */
  readonly adapters: readonly string[];
}

/** The load of all endpoints, with its writers. */
export interface LoadTable extends LoadView {
  /** Requests that were ever sent to the slot's endpoint: it changes with each one. */
  readonly dispatches: ArrayLike<number>;
  /** Takes a scrape over; slots for adapters that it does not tell keep their number. */
  readonly record: (slot: number, sample: LoadSample) => void;
  /** Drops the figures of an endpoint that tells none any more: frozen ones would mislead for ever. */
  readonly forget: (slot: number) => void;
  /** Notes how far the figures can be trusted; a dead pod holds no adapter any more. */
  readonly setFreshness: (slot: number, freshness: Freshness) => void;
  /** Notes what the endpoint serves; undefined if that is not known. */
  readonly setModels: (slot: number, models: ReadonlyMap<string, ModelKind> | undefined) => void;
  /** Changes the count of requests that no scrape has seen yet. */
  readonly addSent: (slot: number, delta: number) => void;
  /** Notes that a request for a target goes to the pod, which takes an adapter into one of its slots. */
  readonly touchAdapter: (slot: number, target: string) => void;
  /** Calls the listener whenever what some pod serves, or whether it answers at all, has changed. */
  readonly subscribe: (listener: () => void) => void;
  /** Forgets everything, before another endpoint gets the slot. */
  readonly reset: (slot: number) => void;
}

type ModelList = ReadonlyMap<string, ModelKind> | undefined;

/** How many adapters are remembered of a pod that does not tell its slots. */
const UNTOLD_SLOTS = 64;

/** Creates a table that grows with the slots that are used. */
export function createLoadTable(): LoadTable {
  const waiting: number[] = [];
  const running: number[] = [];
  const kvUsage: number[] = [];
  const maxLoras: number[] = [];
  const sent: number[] = [];
  const dispatches: number[] = [];
  const freshness: Freshness[] = [];
  const models: ModelList[] = [];
  const listeners: (() => void)[] = [];
  // Each set is in the order of last use: vLLM evicts the adapter that was used least recently, and
  // `vllm:lora_requests_info` shows only those in flight, so idle residents have to be remembered here.
  const adapters: (Set<string> | undefined)[] = [];

  function touch(slot: number, adapter: string): void {
    const held = adapters[slot] ?? new Set<string>();
    adapters[slot] = held;
    held.delete(adapter);
    held.add(adapter);
    const capacity = maxLoras[slot] || UNTOLD_SLOTS;
    for (const oldest of held) {
      if (held.size <= capacity) break;
      held.delete(oldest);
    }
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  /** Pods mostly serve the same names; they share one list, so that lists can be told apart by their identity. */
  function shared(list: ModelList): ModelList {
    return models.find((other) => isSame(other, list)) ?? list;
  }

  return {
    ...{ waiting, running, kvUsage, maxLoras, sent, dispatches, freshness, models, adapters },
    record: (slot, sample) => {
      waiting[slot] = sample.waiting ?? 0;
      running[slot] = sample.running ?? 0;
      kvUsage[slot] = sample.kvUsage ?? 0;
      // vLLM tells its slots with the adapters in flight, and before the first of them not at all.
      maxLoras[slot] = sample.maxLoras ?? maxLoras[slot] ?? 0;
      // Those that only wait first: the running ones are in a slot for certain, so they go last.
      for (const adapter of sample.adapters.toReversed()) touch(slot, adapter);
    },
    forget: (slot) => {
      for (const figures of [waiting, running, kvUsage]) figures[slot] = 0;
    },
    setFreshness: (slot, state) => {
      const turns = (freshness[slot] === 'dead') !== (state === 'dead');
      freshness[slot] = state;
      if (state === 'dead') adapters[slot] = undefined;
      if (turns) tell();
    },
    setModels: (slot, known) => {
      if (isSame(models[slot], known)) return;
      models[slot] = shared(known);
      tell();
    },
    addSent: (slot, delta) => {
      sent[slot] = (sent[slot] ?? 0) + delta;
      if (delta > 0) dispatches[slot] = (dispatches[slot] ?? 0) + delta;
    },
    subscribe: (listener) => {
      listeners.push(listener);
    },
    touchAdapter: (slot, target) => {
      if (models[slot]?.get(target) !== 'base') touch(slot, target);
    },
    reset: (slot) => {
      for (const figures of [waiting, running, kvUsage, maxLoras, sent]) figures[slot] = 0;
      freshness[slot] = 'unknown';
      models[slot] = undefined;
      adapters[slot] = undefined;
    },
  };
}

function isSame(a: ModelList, b: ModelList): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.size !== b.size) return false;
  for (const [name, kind] of a) if (b.get(name) !== kind) return false;
  return true;
}
