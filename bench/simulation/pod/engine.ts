import type { Segment, SimRequest } from '../request.ts';
import { createAdapters } from './adapters.ts';
import { createKvCache, type Holding } from './kv-cache.ts';
import type { PodSpec } from './pod-spec.ts';

/** What a pod's metrics page tells, as of the end of its last step. */
export interface PodSample {
  readonly waiting: number;
  readonly running: number;
  /** 0 to 1. */
  readonly kvUsage: number;
  /** Blocks of the KV cache (`vllm:cache_config_info`). */
  readonly kvBlocks: number;
  readonly maxLoras: number;
  /** Adapters of requests that run or wait: what `vllm:lora_requests_info` names. */
  readonly inFlight: readonly string[];
  /** Adapters in GPU slots and in CPU memory: what only residency metrics tell, least recently used first. */
  readonly onGpu: readonly string[];
  readonly onCpu: readonly string[];
}

/** Told of a request's progress. */
export interface EngineListener {
  readonly firstToken: (request: SimRequest, atMs: number) => void;
  readonly finished: (request: SimRequest, atMs: number) => void;
}

/** One simulated pod: continuous batching, step after step. */
export interface Engine {
  /** Takes a request into the queue. */
  readonly enter: (request: SimRequest) => void;
  /** Starts a step unless there is no work; returns how long it takes, with a pod that is `slowness` times slower. */
  readonly startStep: (slowness: number) => number | undefined;
  /** Ends the step that was started. */
  readonly endStep: (atMs: number) => void;
  readonly sample: () => PodSample;
  readonly loads: () => { readonly gpu: number; readonly disk: number };
}

/** A request in a pod. */
interface Sequence {
  readonly request: SimRequest;
  /** Tokens that have to be in the KV cache before the next token comes. */
  promptTokens: number;
  computed: number;
  generated: number;
  /** Undefined while it waits. */
  holding: Holding | undefined;
  /** Tokens of the prompt that the step under way computes. */
  chunk: number;
}

/** Creates an idle pod. */
export function createEngine(spec: PodSpec, listener: EngineListener): Engine {
  const adapters = createAdapters(spec);
  const kv = createKvCache(spec.kvBlocks);
  let waiting: Sequence[] = [];
  let running: Sequence[] = [];
  let sample: PodSample = emptySample(spec);

  function adaptersInBatch(): Set<string> {
    return new Set(running.flatMap(({ request }) => request.adapter ?? []));
  }

  function release(sequence: Sequence): void {
    if (sequence.holding !== undefined) kv.release(sequence.holding);
    sequence.holding = undefined;
  }

  /** As in vLLM, the newest request gives its blocks up and is computed again later. */
  function preemptNewest(): void {
    const last = running.pop();
    if (last === undefined) return;
    release(last);
    last.promptTokens = last.request.promptTokens + last.generated;
    last.computed = 0;
    waiting.unshift(last);
  }

  /** Each answer of the batch needs room for one token more. */
  function makeRoom(): void {
    for (let at = 0; at < running.length; ) {
      const sequence = running[at];
      if (sequence === undefined) return;
      const { holding, request, generated } = sequence;
      if (holding === undefined || kv.grow(holding, request.promptTokens + generated + 1)) at += 1;
      else preemptNewest();
    }
  }

  function chunkOf(sequence: Sequence, budget: number): number {
    return Math.min(budget, sequence.promptTokens - sequence.computed);
  }

  /** Requests enter in order; one that waits for an adapter slot does not hold up those behind it. */
  function admit(budget: number, inBatch: Set<string>): number {
    let left = budget;
    let full = false;
    const later: Sequence[] = [];
    for (const sequence of waiting) {
      full ||= left <= 0 || running.length >= spec.maxNumSeqs;
      const fits: boolean = !full && fitsBatch(sequence, inBatch);
      // Memory is given in order: a large request is not overtaken for ever by small ones.
      full ||= fits && !takeRoom(sequence);
      if (full || !fits) later.push(sequence);
      else left -= start(sequence, left, inBatch);
    }
    waiting = later;
    return budget - left;
  }

  function takeRoom(sequence: Sequence): boolean {
    sequence.holding = kv.admit(sequence.request.segments, sequence.promptTokens + 1);
    return sequence.holding !== undefined;
  }

  function fitsBatch({ request: { adapter } }: Sequence, inBatch: ReadonlySet<string>): boolean {
    return adapter === undefined || inBatch.has(adapter) || inBatch.size < spec.maxLoras;
  }

  function start(sequence: Sequence, budget: number, inBatch: Set<string>): number {
    const { adapter } = sequence.request;
    // The last token is always computed, since the next one comes from it.
    sequence.computed = Math.min(sequence.holding?.found ?? 0, sequence.promptTokens - 1);
    sequence.chunk = chunkOf(sequence, budget);
    if (adapter !== undefined) inBatch.add(adapter);
    running.push(sequence);
    return sequence.chunk;
  }

  function advance(sequence: Sequence, atMs: number): void {
    sequence.computed += sequence.chunk;
    sequence.chunk = 0;
    if (sequence.computed < sequence.promptTokens) return;
    sequence.generated += 1;
    if (sequence.generated > 1) return;
    if (sequence.holding !== undefined) kv.share(sequence.holding, sequence.request.segments);
    listener.firstToken(sequence.request, atMs);
  }

  function retire(atMs: number): void {
    const [done, rest]: [Sequence[], Sequence[]] = [[], []];
    for (const each of running) (each.generated >= each.request.outputTokens ? done : rest).push(each);
    running = rest;
    for (const sequence of done) {
      const { holding, request } = sequence;
      if (holding !== undefined) kv.share(holding, withAnswer(request));
      release(sequence);
      listener.finished(sequence.request, atMs);
    }
  }

  function observe(): void {
    const all = [...running, ...waiting].flatMap(({ request }) => request.adapter ?? []);
    sample = {
      waiting: waiting.length,
      running: running.length,
      kvUsage: kv.usage(),
      kvBlocks: spec.kvBlocks,
      maxLoras: spec.maxLoras,
      inFlight: [...new Set(all)],
      onGpu: adapters.onGpu(),
      onCpu: adapters.onCpu(),
    };
  }

  return {
    enter: (request) => {
      const { promptTokens } = request;
      const none = { computed: 0, generated: 0, chunk: 0 };
      waiting.push({ request, promptTokens, holding: undefined, ...none });
    },
    startStep: (slowness) => {
      if (running.length + waiting.length === 0) return undefined;
      makeRoom();
      const decoding = running.filter(({ computed, promptTokens }) => computed >= promptTokens).length;
      let budget = spec.tokenBudget - decoding;
      for (const sequence of running) {
        sequence.chunk = chunkOf(sequence, budget);
        budget -= sequence.chunk;
      }
      const started = running.length;
      const inBatch = adaptersInBatch();
      budget -= admit(budget, inBatch);
      let loadMs = 0;
      for (const { request } of running.slice(started)) {
        if (request.adapter !== undefined) loadMs += adapters.activate(request.adapter, inBatch);
      }
      const promptTokens = spec.tokenBudget - decoding - budget;
      const computeMs = spec.stepMs + spec.perSeqMs * decoding + spec.perPromptTokenMs * promptTokens;
      return slowness * computeMs + loadMs;
    },
    endStep: (atMs) => {
      for (const sequence of running) advance(sequence, atMs);
      retire(atMs);
      observe();
    },
    sample: () => sample,
    loads: adapters.loads,
  };
}

/** The answer stays too: a conversation goes on after it. Its last token was not computed. */
function withAnswer({ segments, answerKey, outputTokens }: SimRequest): readonly Segment[] {
  return [...segments, { key: answerKey, tokens: outputTokens - 1 }];
}

function emptySample({ maxLoras, kvBlocks }: PodSpec): PodSample {
  const none = { inFlight: [], onGpu: [], onCpu: [] };
  return { waiting: 0, running: 0, kvUsage: 0, kvBlocks, maxLoras, ...none };
}
