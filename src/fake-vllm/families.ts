/** A metric family as vLLM declares it. */
export interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly buckets?: readonly number[];
  /** Labels besides `model_name` and, in V1, `engine`. */
  readonly labels?: readonly string[];
}

const LATENCY_S = [
  0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
];
const TTFT_S = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640,
  2560,
];
const TOKEN_S = [
  0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
];
const TOKENS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000];
const ITERATION = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];
const COUNTS = [1, 2, 5, 10, 20];

function histogram(name: string, help: string, buckets: readonly number[]): Family {
  return { name, type: 'histogram', help, buckets };
}

/** Families that both generations have, with one name. */
const SHARED: readonly Family[] = [
  { name: 'vllm:num_requests_running', type: 'gauge', help: 'Requests that are being generated.' },
  { name: 'vllm:num_requests_waiting', type: 'gauge', help: 'Requests that wait for a place in a batch.' },
  { name: 'vllm:num_preemptions_total', type: 'counter', help: 'Preemptions of requests by the engine.' },
  { name: 'vllm:prompt_tokens_total', type: 'counter', help: 'Prompt tokens that were read.' },
  { name: 'vllm:generation_tokens_total', type: 'counter', help: 'Tokens that were generated.' },
  {
    name: 'vllm:request_success_total',
    type: 'counter',
    help: 'Requests that were finished, by reason.',
    labels: ['finished_reason'],
  },
  histogram('vllm:iteration_tokens_total', 'Tokens of an engine step.', ITERATION),
  histogram('vllm:request_prompt_tokens', 'Prompt tokens of a request.', TOKENS),
  histogram('vllm:request_generation_tokens', 'Generated tokens of a request.', TOKENS),
  histogram('vllm:request_max_num_generation_tokens', 'Most tokens that a request might get.', TOKENS),
  histogram('vllm:request_params_n', 'The parameter n of a request.', COUNTS),
  histogram('vllm:request_params_max_tokens', 'The parameter max_tokens of a request.', TOKENS),
  histogram('vllm:time_to_first_token_seconds', 'Time to the first token.', TTFT_S),
  histogram('vllm:e2e_request_latency_seconds', 'Time of a whole request.', LATENCY_S),
  histogram('vllm:request_queue_time_seconds', 'Time of a request in the queue.', LATENCY_S),
  histogram('vllm:request_inference_time_seconds', 'Time of a request in a batch.', LATENCY_S),
  histogram('vllm:request_prefill_time_seconds', 'Time of a request until its first token.', LATENCY_S),
  histogram('vllm:request_decode_time_seconds', 'Time of a request after its first token.', LATENCY_S),
];

/** The families of a generation; a page shows those of one, never of both. */
export const FAMILIES: { readonly [generation in 'v0' | 'v1']: readonly Family[] } = {
  v0: [
    ...SHARED,
    { name: 'vllm:num_requests_swapped', type: 'gauge', help: 'Requests that were swapped to CPU memory.' },
    { name: 'vllm:gpu_cache_usage_perc', type: 'gauge', help: 'Use of the GPU KV cache, 0 to 1.' },
    { name: 'vllm:cpu_cache_usage_perc', type: 'gauge', help: 'Use of the CPU KV cache, 0 to 1.' },
    { name: 'vllm:avg_prompt_throughput_toks_per_s', type: 'gauge', help: 'Prompt tokens a second.' },
    { name: 'vllm:avg_generation_throughput_toks_per_s', type: 'gauge', help: 'Generated tokens a second.' },
    histogram('vllm:time_per_output_token_seconds', 'Time of each token after the first.', TOKEN_S),
  ],
  v1: [
    ...SHARED,
    { name: 'vllm:kv_cache_usage_perc', type: 'gauge', help: 'Use of the KV cache, 0 to 1.' },
    {
      name: 'vllm:prefix_cache_queries_total',
      type: 'counter',
      help: 'Tokens looked up in the prefix cache.',
    },
    { name: 'vllm:prefix_cache_hits_total', type: 'counter', help: 'Tokens found in the prefix cache.' },
    histogram('vllm:inter_token_latency_seconds', 'Time between two tokens.', TOKEN_S),
    histogram('vllm:request_time_per_output_token_seconds', 'Mean time of a token of a request.', TOKEN_S),
  ],
};
