import type { Freshness, LoadView, ModelKind } from '../core/load-view.ts';
import { createAdapterTable } from './adapter-table.ts';
import type { Residency } from './held-adapters.ts';

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
  /** Where adapters are, of a pod that tells it. */
  readonly residency?: Residency | undefined;
}

/** What was sent to a pod, as far as it counts until a scrape shows it. */
export interface SentRequest {
  /** Undefined if no adapter is wanted. */
  readonly target: string | undefined;
  /** Its prompt, in prompts of a usual size. */
  readonly prompts: number;
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
  /** Changes the count of requests that no scrape has seen yet, by one for each request. */
  readonly addSent: (slot: number, delta: number, request?: SentRequest) => void;
  /** Notes that a request for a target goes to the pod, which takes an adapter into one of its slots. */
  readonly touchAdapter: (slot: number, target: string) => void;
  /** Calls the listener whenever what some pod serves, or whether it answers at all, has changed. */
  readonly subscribe: (listener: () => void) => void;
  /** Forgets everything, before another endpoint gets the slot. */
  readonly reset: (slot: number) => void;
}

type ModelList = ReadonlyMap<string, ModelKind> | undefined;

const USUAL: SentRequest = { target: undefined, prompts: 1 };

/** Creates a table that grows with the slots that are used. */
export function createLoadTable(): LoadTable {
  const waiting: number[] = [];
  const running: number[] = [];
  const kvUsage: number[] = [];
  const batch: number[] = [];
  const maxLoras: number[] = [];
  const sent: number[] = [];
  const sentPrompts: number[] = [];
  const dispatches: number[] = [];
  const freshness: Freshness[] = [];
  const models: ModelList[] = [];
  const listeners: (() => void)[] = [];
  const loras = createAdapterTable((slot) => maxLoras[slot] ?? 0);
  const figures = [waiting, running, kvUsage];

  function tell(): void {
    for (const listener of listeners) listener();
  }

  /** Pods mostly serve the same names; they share one list, so that lists can be told apart by their identity. */
  function shared(list: ModelList): ModelList {
    return models.find((other) => isSame(other, list)) ?? list;
  }

  function takesSlot(slot: number, target: string | undefined): target is string {
    return target !== undefined && models[slot]?.get(target) !== 'base';
  }

  return {
    ...{ waiting, running, kvUsage, batch, maxLoras, sent, sentPrompts, dispatches, freshness, models },
    adapters: loras.adapters,
    busyLoras: loras.busyLoras,
    standing: loras.standing,
    record: (slot, sample) => {
      waiting[slot] = sample.waiting ?? 0;
      running[slot] = sample.running ?? 0;
      kvUsage[slot] = sample.kvUsage ?? 0;
      if (waiting[slot] > 0) batch[slot] = Math.max(batch[slot] ?? 0, running[slot]);
      // vLLM tells its slots with the adapters in flight, and before the first of them not at all.
      maxLoras[slot] = sample.maxLoras ?? maxLoras[slot] ?? 0;
      loras.scraped(slot, { inFlight: sample.adapters, residency: sample.residency });
    },
    forget: (slot) => {
      for (const each of figures) each[slot] = 0;
    },
    setFreshness: (slot, state) => {
      const turns = (freshness[slot] === 'dead') !== (state === 'dead');
      freshness[slot] = state;
      if (state === 'dead') {
        loras.drop(slot);
        batch[slot] = 0;
      }
      if (turns) tell();
    },
    setModels: (slot, known) => {
      if (isSame(models[slot], known)) return;
      models[slot] = shared(known);
      tell();
    },
    addSent: (slot, delta, { target, prompts } = USUAL) => {
      sent[slot] = (sent[slot] ?? 0) + delta;
      // Fractions leave a rest that is none.
      sentPrompts[slot] = sent[slot] === 0 ? 0 : (sentPrompts[slot] ?? 0) + delta * prompts;
      if (delta > 0) dispatches[slot] = (dispatches[slot] ?? 0) + delta;
      if (takesSlot(slot, target)) loras.addSent(slot, target, delta);
    },
    touchAdapter: (slot, target) => {
      if (takesSlot(slot, target)) loras.touch(slot, target);
    },
    subscribe: (listener) => {
      listeners.push(listener);
    },
    reset: (slot) => {
      for (const each of [...figures, batch, maxLoras, sent, sentPrompts]) each[slot] = 0;
      freshness[slot] = 'unknown';
      models[slot] = undefined;
      loras.drop(slot);
    },
  };
}

function isSame(a: ModelList, b: ModelList): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.size !== b.size) return false;
  for (const [name, kind] of a) if (b.get(name) !== kind) return false;
  return true;
}
