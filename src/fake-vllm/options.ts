import { randomUUID } from 'node:crypto';

/** An adapter as `--lora-modules` names it. */
export interface LoraModule {
  readonly name: string;
  readonly path: string;
}

/** How a simulated vLLM server behaves; times in milliseconds, 0 costs no timer at all. */
export interface FakeVllmOptions {
  /** The base model's path, which is its name unless it is served under others. */
  readonly model: string;
  /** Names of the base model in the API, the first of which is in answers and on `/metrics`. */
  readonly servedModelNames: readonly string[];
  readonly loraModules: readonly LoraModule[];
  /** Adapters on the GPU at once, and so adapters whose requests are generated at once. */
  readonly maxLoras: number;
  /** Adapters in CPU memory at once; one that is in neither is read from disk. */
  readonly maxCpuLoras: number;
  /** Requests that are generated at once; more of them wait. */
  readonly maxNumSeqs: number;
  /** Longest prompt and answer together, in tokens. */
  readonly maxModelLen: number;
  /** Size of the KV cache in blocks of 16 tokens; its use is only shown, it holds nothing back. */
  readonly kvBlocks: number;
  /** The key that requests to `/v1` have to bring; none if undefined. */
  readonly apiKey: string | undefined;
  /** Whether every event of every stream tells the usage, whatever the request says. */
  readonly forceIncludeUsage: boolean;
  /** Which generation of vLLM's metric names `/metrics` shows. */
  readonly metricsGeneration: 'v0' | 'v1';
  readonly timeToFirstTokenMs: number;
  readonly timePerTokenMs: number;
  /** To bring an adapter from CPU memory to a GPU slot; twice that from disk. */
  readonly loraSwapMs: number;
  /** How many of the last requests are kept whole, headers and body, for tests to look at. */
  readonly recordRequests: number;
  /** Called when a request for a generation or an embedding has arrived whole. */
  readonly onRequest: () => void;
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newId: () => string;
}

/** A server with one base model and no adapter that answers at once. */
export const DEFAULTS: FakeVllmOptions = {
  model: 'llama2',
  servedModelNames: [],
  loraModules: [],
  maxLoras: 1,
  maxCpuLoras: 1,
  maxNumSeqs: 256,
  maxModelLen: 4096,
  kvBlocks: 2048,
  apiKey: undefined,
  forceIncludeUsage: false,
  metricsGeneration: 'v1',
  timeToFirstTokenMs: 0,
  timePerTokenMs: 0,
  loraSwapMs: 0,
  recordRequests: 0,
  onRequest: () => undefined,
  nowMs: Date.now,
  random: Math.random,
  newId: randomUUID,
};

/** The names of the base model, at least one. */
export function baseNames({ servedModelNames, model }: FakeVllmOptions): readonly [string, ...string[]] {
  const [first = model, ...others] = servedModelNames;
  return [first, ...others];
}
