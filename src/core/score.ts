import type { LoadFigures, LoadView, ModelKind } from './load-view.ts';
import { STANDING } from './load-view.ts';
import type { TargetName } from './names.ts';
import type { PrefixHits, PromptPrefix } from './prompt-prefix.ts';
import { USUAL_PROMPT_BYTES } from './prompt-prefix.ts';

/** Past one of these a pod counts as full. */
export interface Thresholds {
  /** Requests in a pod's queue. */
  readonly queueThreshold: number;
  /** KV cache use, 0 to 1. */
  readonly kvThreshold: number;
}

/** What all pods of a request are scored with. */
export interface ScoreInput {
  /** Undefined if the request wants no particular adapter. */
  readonly target: TargetName | undefined;
  /** How the prompt begins; undefined if it is not known. */
  readonly prompt?: PromptPrefix | undefined;
  readonly load: LoadView;
}

/**
 * What a request finds on a pod, each part in requests that run: that is how many of them delay a first token as
 * long. The sum is the pod's score, and the smallest score is the best.
 */
export interface ScoreParts {
  /** What runs. */
  readonly running: number;
  /** What waits. */
  readonly waiting: number;
  /** The prompts that were sent there and that no scrape has seen: they are computed first. */
  readonly prompts: number;
  /** What the batch does not take: then a request waits until another one has ended. */
  readonly batch: number;
  /** A KV cache that is full makes requests start over. */
  readonly kv: number;
  /** The adapter that has to be loaded, while which nothing runs. */
  readonly adapter: number;
  /** An adapter slot that has to get free first. */
  readonly slot: number;
  /** What the pod has to compute of the prompt, and another one has been sent lately. */
  readonly prefix: number;
  /** Figures that are out of date. */
  readonly stale: number;
}

const WAITING = 4;
const PROMPT = 6;
const PAST_BATCH = 12;
const KV = 8;
const LOAD_FROM_DISK = 40;
const LOAD_FROM_MEMORY = 10;
const NO_SLOT = 40;
/** A prompt of a usual size: the request waits for all of it, and others for the time that it takes again. */
const PREFIX = 12;
/** Above what a pod in order gets to, so that one that has got slow comes last, until all others are swamped. */
const STALE = 400;

/** What a request finds on a pod whatever it asks for: all parts but those of its adapter and prompt. */
export function loadScore(load: LoadFigures, slot: number): number {
  return (
    runningPart(load, slot) +
    waitingPart(load, slot) +
    promptsPart(load, slot) +
    batchPart(load, slot) +
    kvPart(load, slot) +
    stalePart(load, slot)
  );
}

/** Creates the score of what one request asks for: it tells the parts of its adapter and prompt on each pod, by its slot. */
export function createTargetScore(input: ScoreInput): (slot: number) => number {
  const { load, target } = input;
  const prefixOf = createPrefixScore(input);
  if (target === undefined) return prefixOf ?? (() => 0);
  const adapterOf = createAdapterScore(target, load);
  return prefixOf === undefined ? adapterOf : (slot) => adapterOf(slot) + prefixOf(slot);
}

function createAdapterScore(target: TargetName, load: LoadView): (slot: number) => number {
  const standingOf = createStanding(target, load);
  return (slot) => {
    const standing = standingOf(slot);
    return adapterPart(load, slot, standing) + slotPart(load, slot, standing);
  };
}

/** Tells what of a prompt a pod has to compute and the best one has not, by slot; undefined if no pod has any. */
function createPrefixScore({ load, target, prompt }: ScoreInput): ((slot: number) => number) | undefined {
  const hits = prompt === undefined ? undefined : load.prefixHits(target, prompt);
  return hits === undefined || hits.longest === 0 ? undefined : (slot) => prefixPart(hits, slot);
}

/** Scores one pod for a request. */
export function scorePod(slot: number, input: ScoreInput): number {
  return (input.load.loadScores[slot] ?? 0) + createTargetScore(input)(slot);
}

/** What a pod's score is made of. */
export function scoreParts(slot: number, input: ScoreInput): ScoreParts {
  const { load, target } = input;
  const standing = target === undefined ? STANDING.inFlight : createStanding(target, load)(slot);
  return {
    running: runningPart(load, slot),
    waiting: waitingPart(load, slot),
    prompts: promptsPart(load, slot),
    batch: batchPart(load, slot),
    kv: kvPart(load, slot),
    adapter: adapterPart(load, slot, standing),
    slot: slotPart(load, slot, standing),
    prefix: createPrefixScore(input)?.(slot) ?? 0,
    stale: stalePart(load, slot),
  };
}

/**
 * True if a pod is past a threshold. What was sent since the last scrape began counts as waiting where others
 * wait.
 */
export function isFull(
  slot: number,
  load: LoadFigures,
  { queueThreshold, kvThreshold }: Thresholds,
): boolean {
  const queued = load.waiting[slot] ?? 0;
  const waiting = queued > 0 ? queued + (load.sent[slot] ?? 0) : 0;
  return waiting > queueThreshold || (load.kvUsage[slot] ?? 0) > kvThreshold;
}

function runningPart({ running }: LoadFigures, slot: number): number {
  return running[slot] ?? 0;
}

function waitingPart({ waiting }: LoadFigures, slot: number): number {
  return WAITING * (waiting[slot] ?? 0);
}

function promptsPart({ sentPrompts }: LoadFigures, slot: number): number {
  return PROMPT * (sentPrompts[slot] ?? 0);
}

function batchPart({ running, sent, batch }: LoadFigures, slot: number): number {
  const places = batch[slot] ?? 0;
  const past = (running[slot] ?? 0) + (sent[slot] ?? 0) + 1 - places;
  return places > 0 && past > 0 ? PAST_BATCH * past : 0;
}

function kvPart({ kvUsage }: LoadFigures, slot: number): number {
  return KV * (kvUsage[slot] ?? 0);
}

function stalePart({ freshness }: LoadFigures, slot: number): number {
  return freshness[slot] === 'stale' ? STALE : 0;
}

function adapterPart(load: LoadView, slot: number, standing: number): number {
  if (standing === STANDING.inFlight) return 0;
  if (standing === STANDING.resident && !slotsTaken(load, slot)) return 0;
  // A slot that holds nothing is of no use until something is loaded: that is put off for no longer than this.
  return standing === STANDING.away && !hasEmptySlot(load, slot) ? LOAD_FROM_DISK : LOAD_FROM_MEMORY;
}

/** True if fewer adapters than slots were ever used there: it has started lately. */
function hasEmptySlot({ adapters, maxLoras }: LoadView, slot: number): boolean {
  return (adapters[slot]?.size ?? 0) < (maxLoras[slot] ?? 0);
}

function prefixPart({ longest, bytes }: PrefixHits, slot: number): number {
  return (PREFIX / USUAL_PROMPT_BYTES) * (longest - (bytes[slot] ?? 0));
}

function slotPart(load: LoadView, slot: number, standing: number): number {
  return standing !== STANDING.inFlight && slotsTaken(load, slot) ? NO_SLOT : 0;
}

/** True if all slots have adapters that are in flight: none of them can make room. */
function slotsTaken({ busyLoras, maxLoras }: LoadView, slot: number): boolean {
  return (busyLoras[slot] ?? 0) >= (maxLoras[slot] ?? 0);
}

/**
 * Where the target is on a pod. A base model needs no slot, and a pod that has not told its slots is taken to
 * have the target in one: both are as good as in flight.
 */
function createStanding(target: TargetName, load: LoadView): (slot: number) => number {
  const { models, maxLoras } = load;
  const standing = load.standing(target);
  // Pods mostly share one list of models, so that it is asked once.
  let list: ReadonlyMap<string, ModelKind> | undefined;
  let isBase = false;
  return (slot) => {
    const own = models[slot];
    if (own !== list) {
      list = own;
      isBase = own?.get(target) === 'base';
    }
    return isBase || (maxLoras[slot] ?? 0) === 0 ? STANDING.inFlight : (standing[slot] ?? STANDING.away);
  };
}
