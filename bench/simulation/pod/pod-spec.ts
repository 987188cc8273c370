/** What a simulated vLLM server is made of; times in milliseconds. */
export interface PodSpec {
  /** Requests in the batch at once. */
  readonly maxNumSeqs: number;
  /** Tokens that one step computes at most: one of each answer, and what is left of prompts. */
  readonly tokenBudget: number;
  /** KV cache, in blocks of 16 tokens. */
  readonly kvBlocks: number;
  /** Different adapters in one batch. */
  readonly maxLoras: number;
  /** Adapters in CPU memory. */
  readonly maxCpuLoras: number;
  /** A step of an empty batch. */
  readonly stepMs: number;
  /** What each answer adds to a step. */
  readonly perSeqMs: number;
  /** What each token of a prompt adds to a step. */
  readonly perPromptTokenMs: number;
  /** From CPU memory to a GPU slot; the engine stands still meanwhile. */
  readonly gpuLoadMs: number;
  /** From disk to CPU memory, likewise. */
  readonly diskLoadMs: number;
}

/** A 7 B model on one GPU of the 24 GB class, with adapters of rank 16. */
export const GPU_POD: PodSpec = {
  maxNumSeqs: 64,
  tokenBudget: 2048,
  kvBlocks: 3000,
  maxLoras: 8,
  maxCpuLoras: 32,
  stepMs: 8,
  perSeqMs: 0.12,
  perPromptTokenMs: 0.06,
  gpuLoadMs: 15,
  diskLoadMs: 150,
};

/** Tokens in a block of the KV cache. */
export const BLOCK_TOKENS = 16;
