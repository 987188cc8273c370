/** An adapter as `--lora-modules` names it. */
export interface LoraModule {
  readonly name: string;
  readonly path: string;
}

/** How a simulated vLLM server behaves; times in milliseconds, 0 costs no timer at all. */
export interface FakeVllmOptions {
  /** The name under which the base model is served. */
  readonly model: string;
  readonly loraModules: readonly LoraModule[];
  /** Adapters on the GPU at once. */
  readonly maxLoras: number;
  /** Adapters in CPU memory at once; one that is in neither is read from disk. */
  readonly maxCpuLoras: number;
  /** Requests that are generated at once; more of them wait. */
  readonly maxNumSeqs: number;
  /** Longest prompt and answer together, in tokens. */
  readonly maxModelLen: number;
  /** The key that requests to `/v1` have to bring; none if undefined. */
  readonly apiKey: string | undefined;
  /** Which generation of vLLM's metric names `/metrics` shows. */
  readonly metricsGeneration: 'v0' | 'v1';
  readonly timeToFirstTokenMs: number;
  readonly timePerTokenMs: number;
  /** To bring an adapter from CPU memory to a GPU slot; twice that from disk. */
  readonly loraSwapMs: number;
  /** Called when a request to a `/v1` endpoint has arrived whole. */
  readonly onRequest: () => void;
}

/** A server with one base model and no adapter that answers at once. */
export const DEFAULTS: FakeVllmOptions = {
  model: 'llama2',
  loraModules: [],
  maxLoras: 1,
  maxCpuLoras: 1,
  maxNumSeqs: 256,
  maxModelLen: 4096,
  apiKey: undefined,
  metricsGeneration: 'v1',
  timeToFirstTokenMs: 0,
  timePerTokenMs: 0,
  loraSwapMs: 0,
  onRequest: () => undefined,
};
