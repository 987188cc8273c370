import type { Freshness, LoadView, ModelKind } from '../core/load-view.ts';
import type { PrefixHits } from '../core/prompt-prefix.ts';
import { createAdapterTable } from './adapter-table.ts';
import { createFigureTable, type Figures } from './figure-table.ts';
import { isSameList, type ModelList, sharedList } from './model-list.ts';
import { createPrefixTable, type PrefixTable } from './prefix-table.ts';

/** What one scrape tells of a pod; absent families are absent fields. */
export interface LoadSample extends Figures {
  /** GPU slots for adapters. */
  readonly maxLoras: number | undefined;
  /** Adapters that have requests in flight, running or waiting. */
  readonly adapters: readonly string[];
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
  /** Notes how far the figures can be trusted; a dead pod holds nothing any more. */
  readonly setFreshness: (slot: number, freshness: Freshness) => void;
  /** Notes what the endpoint serves; undefined if that is not known. */
  readonly setModels: (slot: number, models: ReadonlyMap<string, ModelKind> | undefined) => void;
  /** Changes the count of requests that no scrape has seen yet, by one for each request. */
  readonly addSent: (slot: number, delta: number, request?: SentRequest) => void;
  /** Notes that a request for a target goes to the pod, which takes an adapter into one of its slots. */
  readonly touchAdapter: (slot: number, target: string) => void;
  /** Notes that a prompt goes to the pod; see `PrefixTable`. */
  readonly promptSent: PrefixTable['sent'];
  /** Calls the listener whenever what some pod serves, or whether it answers at all, has changed. */
  readonly subscribe: (listener: () => void) => void;
  /** Forgets everything, before another endpoint gets the slot. */
  readonly reset: (slot: number) => void;
}

const NO_HITS: PrefixHits = { bytes: [], longest: 0 };
/** A longer name was made up by a client, and hundreds are remembered. */
const LONGEST_ADAPTER = 1000;

const USUAL: SentRequest = { target: undefined, prompts: 1 };

/** Creates a table that grows with the slots that are used. */
export function createLoadTable(): LoadTable {
  const maxLoras: number[] = [];
  const dispatches: number[] = [];
  const models: ModelList[] = [];
  const listeners: (() => void)[] = [];
  const figures = createFigureTable();
  const loras = createAdapterTable((slot) => maxLoras[slot] ?? 0);
  // Its memory is taken with the first prompt: many never read any.
  let prefixes: PrefixTable | undefined;

  function drop(slot: number): void {
    loras.drop(slot);
    prefixes?.drop(slot);
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  function takesSlot(slot: number, target: string | undefined): target is string {
    return target !== undefined && target.length <= LONGEST_ADAPTER && models[slot]?.get(target) !== 'base';
  }

  return {
    ...figures,
    ...{ maxLoras, dispatches, models },
    adapters: loras.adapters,
    busyLoras: loras.busyLoras,
    standing: loras.standing,
    prefixHits: (target, prompt) => prefixes?.find(target, prompt) ?? NO_HITS,
    promptSent: (slot, target, prompt) => {
      prefixes ??= createPrefixTable();
      return prefixes.sent(slot, target, prompt);
    },
    record: (slot, sample) => {
      figures.scraped(slot, sample);
      // vLLM tells its slots with the adapters in flight, and before the first of them not at all.
      maxLoras[slot] = sample.maxLoras ?? maxLoras[slot] ?? 0;
      loras.scraped(slot, sample.adapters);
    },
    setFreshness: (slot, state) => {
      const turns = (figures.freshness[slot] === 'dead') !== (state === 'dead');
      figures.setFreshness(slot, state);
      if (state === 'dead') drop(slot);
      if (turns) tell();
    },
    setModels: (slot, known) => {
      if (isSameList(models[slot], known)) return;
      models[slot] = sharedList(models, known);
      tell();
    },
    addSent: (slot, delta, { target, prompts } = USUAL) => {
      figures.addSent(slot, delta, prompts);
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
      figures.reset(slot);
      maxLoras[slot] = 0;
      models[slot] = undefined;
      drop(slot);
    },
  };
}
